"""Statements on generalized inverses: Ben-Israel and Greville (BG), Campbell and Meyer (CM), Rao and Mitra (RM)."""

from functools import partial

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="generalized inverses", true=True)
fails = partial(Statement, area="generalized inverses", true=False)

KNOWN = [
    holds("A+ = A+ A+' A'", lambda: Equal(Pinv(A), Pinv(A) * Pinv(A).T * A.T), "CM, Theorem 1.2.1; AA+ is symmetric"),
    holds(
        "XAY is a {2}-inverse for {1}-inverses X, Y of A",
        lambda: Equal(X * A * Y * A * X * A * Y, X * A * Y, given=[*penrose(A, X, "1"), *penrose(A, Y, "1")]),
        "BG, section 1.3",
    ),
    holds(
        "A Y A' = AA+ for every {1}-inverse Y of A'A",
        lambda: Equal(A * R * A.T, A * Pinv(A), given=penrose(A.T * A, R, "1")),
        "RM, Lemma 2.2.6: A cancels on the left of A'A, and so does A' on the right",
    ),
    holds("(mu A)+ = A+ / mu", lambda: Equal(Pinv(mu * A), Pinv(A) / mu), "BG, exercise 1.17"),
    holds(
        "A' is A+ if A'A is idempotent",
        lambda: Equal(Pinv(A), A.T, given=idempotent(A.T * A)),
        "BG, section 6.3: A'A(A'A - I) = 0 cancels to AA'A = A",
    ),
    holds("(AA'A)+ = A+ A+' A+", lambda: Equal(Pinv(A * A.T * A), Pinv(A) * Pinv(A).T * Pinv(A)), "by the SVD"),
    holds(
        "S commutes with R+ if it commutes with R and R'",
        lambda: Commute(S, Pinv(R), given=[Commute(S, R), Commute(S, R.T)]),
        "R+ is a polynomial in R'R times R' (BG, chapter 1)",
    ),
    holds(
        "the group inverse is unique",
        lambda: Equal(G, H, given=[*group_inverse(S, G), *group_inverse(S, H)]),
        "BG, section 4.4; Erdelyi (1967)",
    ),
    holds(
        "a matrix whose columns are combinations of its rows is EP: im R in im R' gives RR+ = R+R",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[ImageWithin(R, R.T)]),
        "the two images have one dimension (BG, section 4.4); false for operators",
    ),
    fails("AXA = A gives XAX = X", lambda: Equal(X * A * X, X, given=penrose(A, X, "1")), "A = 0, X = 1"),
    fails("XAX = X gives AXA = A", lambda: Equal(A * X * A, A, given=penrose(A, X, "2")), "X = 0, A = 1"),
    fails(
        "{1,2}-inverses are unique",
        lambda: Equal(X, Y, given=[*penrose(A, X, "12"), *penrose(A, Y, "12")]),
        "A = (1, 0), X = (1, 0)', Y = (1, 1)'",
    ),
    fails(
        "the group inverse is the pseudo-inverse",
        lambda: Equal(G, Pinv(S), given=group_inverse(S, G)),
        "S = G = [[1, 1], [0, 0]]",
    ),
    fails(
        "S commutes with R+ if it commutes with R", lambda: Commute(S, Pinv(R), given=[Commute(S, R)]), "S = R = e1e2'"
    ),
    fails("R+ = (RR')+ R' for square R", lambda: Equal(Pinv(R), Pinv(R * R.T) * R.T), "R = e1e2': the right side is 0"),
]

FURTHER = [
    holds(
        "AX is idempotent for a {1}-inverse X", lambda: Equal((A * X) ** 2, A * X, given=penrose(A, X, "1")), "BG, 1.2"
    ),
    holds(
        "a {1}-inverse with im X in im XA is a {2}-inverse",
        lambda: Equal(X * A * X, X, given=[*penrose(A, X, "1"), ImageWithin(X, X * A)]),
        "X = XAZ, so XAX = XAXAZ = XAZ; Bjerhammar (1958)",
    ),
    holds(
        "A- F B- solves AUB = F if anything does",
        lambda: Equal(A * X * A * U * C * B * C, A * U * C, given=[Equal(A * X * A, A), Equal(C * B * C, C)]),
        "BG, Theorem 2.1 (Penrose, 1955)",
    ),
    holds(
        "Z W- T does not depend on the {1}-inverse if Z = EW, T = WB",
        lambda: Equal(E * R * S * R * B, E * R * Pinv(R) * R * B, given=penrose(R, S, "1")),
        "RM, Lemma 2.2.4",
    ),
    holds("a {1,2,3}-inverse is XAA+", lambda: Equal(X, X * A * Pinv(A), given=penrose(A, X, "123")), "RM: AX = AA+"),
    holds(
        "Y A' is a {3}-inverse of A if Y is a {1}-inverse of A'A",
        lambda: Equal((A * R * A.T).T, A * R * A.T, given=[Equal(A.T * A * R * A.T * A, A.T * A)]),
        "RM, Theorem 2.2.4",
    ),
    holds(
        "|u|^2 |c|^2 (cu')+ = u c'",
        lambda: Equal(matmul(squared_norm(u), squared_norm(c), Pinv(c * u.T)), u * c.T),
        "BG, exercise 1.19",
    ),
    holds(
        "AA+ = DD+ if each image holds the other",
        lambda: Equal(A * Pinv(A), D * Pinv(D), given=[ImageWithin(A, D), ImageWithin(D, A)]),
        "the orthogonal projection on a space is unique",
    ),
    holds(
        "R normal gives (RR)+ = R+R+", lambda: Equal(Pinv(R * R), Pinv(R) * Pinv(R), given=normal(R)), "CM, chapter 1"
    ),
    holds(
        "EP matrices have (RR)+ = R+R+",
        lambda: Equal(Pinv(R * R), Pinv(R) * Pinv(R), given=[Equal(R * Pinv(R), Pinv(R) * R)]),
        "BG, section 4.4",
    ),
    holds(
        "A+ = (I + A'A)^-1 (A' + A+)",
        lambda: Equal(Pinv(A), Inverse(I + A.T * A) * (A.T + Pinv(A))),
        "A'AA+ = A'",
    ),
    holds(
        "Newton's iterate squares its residual: AA+ - A X(2I - AX) = (AA+ - AX)^2 if X = XAA+",
        lambda: Equal(
            A * Pinv(A) - A * X * (2 * Im - A * X), (A * Pinv(A) - A * X) ** 2, given=[Equal(X * A * Pinv(A), X)]
        ),
        "Ben-Israel and Cohen (1966)",
    ),
    holds(
        "the Drazin inverse of index 2 is unique",
        lambda: Equal(
            G,
            H,
            given=[
                *(Equal(S**3 * T, S**2) for T in (G, H)),
                *(Equal(T * S * T, T) for T in (G, H)),
                *(Commute(S, T) for T in (G, H)),
            ],
        ),
        "CM, Theorem 7.2.2; Drazin (1958)",
    ),
    holds(
        "what commutes with S commutes with its group inverse",
        lambda: Commute(R, G, given=[*group_inverse(S, G), Commute(R, S)]),
        "CM, chapter 7: the group inverse is a polynomial in S",
    ),
    holds(
        "Cline: R G^2 S commutes with RS if G is the group inverse of SR",
        lambda: Commute(R * G * G * S, R * S, given=group_inverse(S * R, G)),
        "Cline (1965): both products are R G S",
    ),
    holds(
        "G^2 is the group inverse of S^2", lambda: Equal(S**2 * G**2 * S**2, S**2, given=group_inverse(S, G)), "CM, 7.2"
    ),
    holds(
        "X + Y - XAYAX is a {1}-inverse if X is one",
        lambda: Equal(A * (X + Y - X * A * Y * A * X) * A, A, given=penrose(A, X, "1")),
        "BG, Corollary 1 of Theorem 2.1",
    ),
    holds(
        "R R R+ = R makes R an EP matrix",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Equal(R * R * Pinv(R), R)]),
        "rows of R lie in the columns of R; dimensions (Baksalary and Trenkler, 2008)",
    ),
    holds(
        "R^2 = R+ gives R^4 = R",
        lambda: Equal(R**4, R, given=[Equal(R**2, Pinv(R))]),
        "hypergeneralized projectors (Gross and Trenkler, 1997): R^3 = RR+",
    ),
    fails(
        "A X F does not depend on the {1}-inverse X",
        lambda: Equal(A * X * F, A * Pinv(A) * F, given=penrose(A, X, "1")),
        "A = (1, 0)', X = (1, 1), F = (0, 1)'",
    ),
    fails(
        "a {1,2,3}-inverse is A+AX",
        lambda: Equal(X, Pinv(A) * A * X, given=penrose(A, X, "123")),
        "A = (1, 0), X = (1, 1)'",
    ),
    fails(
        "the average of {1,2}-inverses is a {2}-inverse",
        lambda: Equal((X + Y) * A * (X + Y), 2 * (X + Y), given=[*penrose(A, X, "12"), *penrose(A, Y, "12")]),
        "A = diag(1, 0), X = [[1, 1], [0, 0]], Y = [[1, 0], [1, 0]]",
    ),
    fails(
        "AA+ - A X(2I - AX) = (AA+ - AX)^2 for every X",
        lambda: Equal(A * Pinv(A) - A * X * (2 * Im - A * X), (A * Pinv(A) - A * X) ** 2),
        "A = (1, 0)', X = (0, 1)",
    ),
    fails(
        "what commutes with S commutes with its {1,2}-inverses",
        lambda: Commute(R, G, given=[*penrose(S, G, "12"), Commute(R, S)]),
        "S = R = e1e2', G = e2e1'",
    ),
    fails(
        "RR+ and R+R commute only for EP matrices",
        lambda: Equal(R * Pinv(R), Pinv(R) * R, given=[Commute(R * Pinv(R), Pinv(R) * R)]),
        "R = e1e2' (Baksalary and Trenkler, 2008: bi-EP)",
    ),
    fails("R^4 = R gives R^2 = R+", lambda: Equal(R**2, Pinv(R), given=[Equal(R**4, R)]), "an oblique idempotent"),
    fails(
        "XA does not depend on the {1,3}-inverse X",
        lambda: Equal(X * A, Pinv(A) * A, given=penrose(A, X, "13")),
        "A = (1, 0), X = (1, 1)'",
    ),
]
