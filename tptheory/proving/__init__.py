"""From a claim to a certificate, and the checker by which every certificate is judged.

The checker lived here in version 0.1, and scripts written then import it from here.
"""

from tptheory.certificates import checker as checker
