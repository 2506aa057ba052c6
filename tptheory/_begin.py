"""What happens before anything else is imported."""

from tptheory.signals import be_quiet_until_begun

be_quiet_until_begun()
