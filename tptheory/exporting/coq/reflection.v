(* A checker of certificates about matrices, and the proof that what it accepts holds over every real field, for matrices
   of all sizes. What the symbols and terms mean is said by the standard operations of MathComp: see "What the symbols
   mean". *)
From Coq Require Import BinNums BinPosDef.
From mathcomp Require Import all_ssreflect all_algebra.
From Coq Require BinInt BinNat BinPos Nnat Pnat NArith Lia.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Canonical N_eqType := EqType BinNums.N (CanEqMixin Nnat.N2Nat.id).
Canonical positive_eqType := EqType BinNums.positive (CanEqMixin Pnat.Pos2Nat.id).

Definition number (negative : bool) (n p : BinNums.positive) : bool * BinNums.N * BinNums.positive :=
  (negative, BinNums.Npos n, p).

(* Sizes, symbols and scalars are numbered. Size 0 is the size 1. A letter is a symbol, or its transpose. A factor
   (b, k, w) is the trace of the closed word w, or else size k (b) or scalar k. A term is a coefficient, factors, and a
   word. A coefficient is a sign, a numerator and a denominator. *)
Definition letter := (nat * bool)%type.
Definition word := seq letter.
Definition factor := (bool * nat * word)%type.
Definition coefficient := (bool * BinNums.N * BinNums.positive)%type.
Definition term := (coefficient * seq factor * word)%type.
(* An equation between matrices of sizes s and t, or between scalars. *)
Inductive relation := Mat (s t : nat) (p q : seq term) | Sca (p q : seq term).
(* coefficient * factors * trace of (left * hypothesis k, transposed or not, * right), a closed word at size q. *)
Record cofactor := Cofactor {
  c_coef : coefficient; c_factors : seq factor; c_size : nat; c_left : word; c_hyp : nat; c_flip : bool; c_right : word }.
(* A cofactor as a certificate writes it: coefficient * left * hypothesis * right. Beyond the last hypothesis k counts those
   that are transposed. Around it stands what is outside where the product is one of numbers or a trace. A side is factors
   and a word. *)
Definition side := (seq factor * word)%type.
Record written := Written {
  w_coef : coefficient; w_left : side; w_hyp : nat; w_right : side; w_outer : option side }.
(* For sums: a difference of numerators over a denominator. *)
Definition fraction := (BinNums.N * BinNums.N * BinNums.positive)%type.
Definition scalar_terms := seq (fraction * seq factor).

Definition fadd (a b : fraction) : fraction :=
  let: (a1, a2, p) := a in let: (b1, b2, q) := b in
  if BinPos.Pos.eqb p q then (BinNat.N.add a1 b1, BinNat.N.add a2 b2, p)
  else (BinNat.N.add (BinNat.N.mul a1 (BinNums.Npos q)) (BinNat.N.mul b1 (BinNums.Npos p)),
        BinNat.N.add (BinNat.N.mul a2 (BinNums.Npos q)) (BinNat.N.mul b2 (BinNums.Npos p)), BinPos.Pos.mul p q).
Definition fmul (a b : fraction) : fraction :=
  let: (a1, a2, p) := a in let: (b1, b2, q) := b in
  (BinNat.N.add (BinNat.N.mul a1 b1) (BinNat.N.mul a2 b2),
   BinNat.N.add (BinNat.N.mul a1 b2) (BinNat.N.mul a2 b1), BinPos.Pos.mul p q).
Definition fopp (a : fraction) : fraction := let: (a1, a2, p) := a in (a2, a1, p).
Definition fzero (a : fraction) : bool := BinNat.N.eqb a.1.1 a.1.2.
Definition frac (c : coefficient) : fraction :=
  let: (b, n, p) := c in if b then (BinNums.N0, n, p) else (n, BinNums.N0, p).

Definition same_size : forall m n : nat, {m = n} + {m <> n}.
Proof. by decide equality. Defined.

Fixpoint lexicographic (T : Type) (le lt : T -> T -> bool) (u v : seq T) : bool := match u, v with
 | [::], _ => true | _ :: _, [::] => false
 | a :: u', b :: v' => lt a b || le a b && lexicographic le lt u' v' end.
Definition letter_lt (a b : letter) := (a.1 < b.1)%N || (a.1 == b.1) && ~~ a.2 && b.2.
Definition letter_le (a b : letter) := (a.1 < b.1)%N || (a.1 == b.1) && (a.2 ==> b.2).
Definition word_le := lexicographic letter_le letter_lt.
Definition factor_le (f g : factor) :=
  let: (b, k, u) := f in let: (c, l, v) := g in
  if (k < l)%N then true else if (l < k)%N then false else if b != c then b else word_le u v.
Definition factor_lt f g := ~~ factor_le g f.
Definition monomial_le := lexicographic factor_le factor_lt.

Section Words.
Variables (src tgt : nat -> nat) (syms : seq nat).
Definition lsrc (a : letter) : nat := if a.2 then tgt a.1 else src a.1.
Definition ltgt (a : letter) : nat := if a.2 then src a.1 else tgt a.1.
Definition flip (a : letter) : letter := (a.1, if a.1 \in syms then a.2 else ~~ a.2).
Fixpoint turn (w : word) : word := if w is a :: w' then rcons (turn w') (flip a) else [::].
Fixpoint typed (s : nat) (w : word) (t : nat) : bool :=
  match w with [::] => s == t | a :: w' => (lsrc a == s) && typed (ltgt a) w' t end.
Definition start (w : word) : nat := if w is a :: _ then lsrc a else 0.
Definition closed (w : word) : bool := typed (start w) w (start w).
Definition fclosed (f : factor) : bool := closed f.2.
Definition trace_of (s : nat) (w : word) : factor := if w is [::] then (true, s, [::]) else (false, 0%N, w).

(* The normal form: what stands between two sizes 1 is a factor; the least of all rotations and transposes. *)
Definition rotate (w : word) : word := if w is a :: w' then rcons w' a else [::].
Fixpoint rotations (n : nat) (w : word) : seq word := if n is n'.+1 then w :: rotations n' (rotate w) else [::].
Definition least (u v : word) := if word_le u v then u else v.
Definition canonical (w : word) : word :=
  foldl least w (rotations (size w) w ++ rotations (size w) (turn w)).
Fixpoint seek (n : nat) (w : word) : word :=
  if n is n'.+1 then if start w == 0%N then w else seek n' (rotate w) else w.
Fixpoint cut (before w : word) : seq word := match w with
 | [::] => if before is [::] then [::] else [:: before]
 | a :: w' => if ltgt a == 0%N then rcons before a :: cut [::] w' else cut (rcons before a) w' end.
Definition pieces (w : word) : seq word := let v := seek (size w) w in if start v == 0%N then cut [::] v else [:: v].
Definition fnormal (f : factor) : seq factor := let: (b, k, w) := f in
  if w is [::] then if b && (k == 0%N) then [::] else [:: f] else [seq (false, 0%N, canonical p) | p <- pieces w].
Definition monomial (fs : seq factor) := sort factor_le (flatten [seq fnormal f | f <- fs]).
Fixpoint cancels (c : fraction) (m : seq factor) (l : scalar_terms) : bool := match l with
 | [::] => fzero c
 | (c', m') :: l' => if m == m' then cancels (fadd c c') m l' else fzero c && cancels c' m' l' end.
Definition collected (p : scalar_terms) : scalar_terms :=
  sort (fun x y => monomial_le x.2 y.2) [seq (x.1, monomial x.2) | x <- p].
Definition vanishes (p : scalar_terms) : bool := all (fun x => all fclosed x.2) p &&
  match collected p with
  | [::] => true | (c, m) :: l => cancels c m l end.

(* Terms with fractions, and the traces and norms of sums of them. *)
Definition fterm := (fraction * seq factor * word)%type.
Definition plus (p : seq term) : seq fterm := [seq (frac x.1.1, x.1.2, x.2) | x <- p].
Definition minus (p : seq term) : seq fterm := [seq (fopp (frac x.1.1), x.1.2, x.2) | x <- p].
Definition difference (p q : seq term) : seq fterm := plus p ++ minus q.
Definition turned (p : seq fterm) : seq fterm := [seq (x.1.1, x.1.2, turn x.2) | x <- p].
Definition traced (q : nat) (l r : word) (p : seq fterm) : scalar_terms :=
  [seq (x.1.1, trace_of q (l ++ x.2 ++ r) :: x.1.2) | x <- p].
Definition untraced (p : seq fterm) : scalar_terms := [seq x.1 | x <- p].
Definition times (p q : scalar_terms) : scalar_terms :=
  [seq (fmul x.1 y.1, x.2 ++ y.2) | x <- p, y <- q].
Definition product (p q : seq fterm) : seq fterm :=
  [seq (fmul x.1.1 y.1.1, x.1.2 ++ y.1.2, x.2 ++ y.2) | x <- p, y <- q].
Definition well_typed (s t : nat) (p : seq fterm) := all (fun x : fterm => typed s x.2 t) p.
Definition norm (r : relation) : scalar_terms := match r with
 | Mat s t p q => traced t [::] [::] (product (turned (difference p q)) (difference p q))
 | Sca p q => times (untraced (difference p q)) (untraced (difference p q)) end.
Definition fits (r : relation) : bool :=
  if r is Mat s t p q then well_typed s t (difference p q) else true.

Definition effect (h : relation) (c : cofactor) : scalar_terms :=
  times [:: (fopp (frac (c_coef c)), c_factors c)]
  match h with
  | Mat s t p q => let d := difference p q in
      traced (c_size c) (c_left c) (c_right c) (if c_flip c then turned d else d)
  | Sca p q => untraced (difference p q) end.
Definition good (h : relation) (c : cofactor) : bool :=
  if h is Mat s t _ _ then fits h && let: (a, b) := if c_flip c then (t, s) else (s, t) in
    typed (c_size c) (c_left c) a && typed b (c_right c) (c_size c) else true.
Definition none := Sca [::] [::].
(* A written cofactor as the trace that it adds. If the goal is an equation between matrices, its rows have the size g,
   and letter 0 is a probe, which closes every product of the shape of the goal. A product of size 1 x 1 is a number, which
   multiplies what it does not fit. *)
Definition trace_factor (w : word) : seq factor := if w is [::] then [::] else [:: (false, 0%N, w)].
Definition probe : word := [:: (0%N, false)].
Definition placed (g : option nat) (hyps : seq relation) (x : written) : cofactor :=
  let: Written c (fs, u) k (gs, v) o := x in
  let flipped := (size hyps <= k)%N in
  let i := if flipped then (k - size hyps)%N else k in
  let: (os, outer) := if o is Some y then y else ([::], [::]) in
  let closing := if g is Some _ then probe else [::] in
  match nth none hyps i with
  | Sca _ _ =>
      let: (inside, around) := if o is Some _ then (u ++ v, outer) else ([::], u ++ v) in
      Cofactor c (fs ++ gs ++ os ++ trace_factor inside ++ trace_factor (around ++ closing)) 0 [::] i flipped [::]
  | Mat s t _ _ =>
      let: (rows, columns) := if flipped then (t, s) else (s, t) in
      let first := if u is a :: _ then lsrc a else rows in
      let number := [&& first == 0%N, columns == 0%N & if v is [::] then false else start v != 0%N] in
      let: (behind, apart) := if number then ([::], v) else (v, [::]) in
      if o is Some _ then
        Cofactor c (fs ++ gs ++ os ++ trace_factor apart ++ trace_factor (outer ++ closing)) first u i flipped behind
      else if number then Cofactor c (fs ++ gs ++ trace_factor (v ++ closing)) first u i flipped [::]
      else if g is Some rows' then Cofactor c (fs ++ gs) rows' u i flipped (v ++ probe)
      else Cofactor c (fs ++ gs) first u i flipped v
  end.
Definition symmetric : bool := all (fun i => src i == tgt i) syms.
Definition follows (hyps : seq relation) (cs : seq cofactor) (p : scalar_terms) : bool :=
  [&& symmetric, all (fun c => good (nth none hyps (c_hyp c)) c) cs &
   vanishes (p ++ flatten [seq effect (nth none hyps (c_hyp c)) c | c <- cs])].

(* What the symbols mean: matrices and numbers of a real field. *)
Variables (R : realFieldType) (d : nat -> nat) (M : forall i, 'M[R]_(d (src i), d (tgt i))) (sc : nat -> R).
Definition nat_of (n : BinNums.N) : nat := BinNat.N.to_nat n.
Definition pos_of (n : BinNums.positive) : nat := BinPos.Pos.to_nat n.
Definition cast_rows (s s' t : nat) (A : 'M[R]_(d s, d t)) : 'M[R]_(d s', d t) :=
  match same_size s s' with left e => eq_rect s (fun k => 'M[R]_(d k, d t)) A s' e | right _ => 0 end.
Definition cast_columns (s t t' : nat) (A : 'M[R]_(d s, d t)) : 'M[R]_(d s, d t') :=
  match same_size t t' with left e => eq_rect t (fun k => 'M[R]_(d s, d k)) A t' e | right _ => 0 end.
Definition letter_value (a : letter) : 'M[R]_(d (lsrc a), d (ltgt a)) :=
  let: (i, b) := a return 'M[R]_(d (lsrc a), d (ltgt a)) in
  if b return 'M[R]_(d (lsrc (i, b)), d (ltgt (i, b))) then (M i)^T else M i.
Fixpoint multiplied (s m t : nat) (A : 'M[R]_(d s, d m)) (w : word) : 'M[R]_(d s, d t) := match w with
 | [::] => cast_columns t A
 | a :: w' => multiplied t (A *m cast_rows m (letter_value a)) w' end.
Definition word_value (s t : nat) (w : word) : 'M[R]_(d s, d t) := match w with
 | [::] => cast_rows s (1%:M : 'M[R]_(d t))
 | a :: w' => multiplied t (cast_rows s (letter_value a)) w' end.
Definition factor_value (f : factor) : R := let: (b, k, w) := f in
  if w is a :: w' then \tr (word_value (start w) (start w) w) else if b then (d k)%:R else sc k.
Definition size_of_coefficient (n : BinNums.N) (p : BinNums.positive) : R :=
  if p is BinNums.xH then (nat_of n)%:R else (nat_of n)%:R / (pos_of p)%:R.
Definition plain (n : BinNums.N) (p : BinNums.positive) : bool :=
  match n, p with BinNums.Npos BinNums.xH, BinNums.xH => true | _, _ => false end.
Definition scaled (n : BinNums.N) (p : BinNums.positive) (fs : seq factor) : R := match fs with
 | [::] => size_of_coefficient n p
 | f :: fs' => foldl (fun x g => x * factor_value g)
     (if plain n p then factor_value f else size_of_coefficient n p * factor_value f) fs' end.
Definition term_value (s t : nat) (x : term) : 'M[R]_(d s, d t) :=
  let: (b, n, p, fs, w) := x in
  let v := if plain n p && (if fs is [::] then true else false) then word_value s t w
           else scaled n p fs *: word_value s t w in if b then - v else v.
Definition scalar_value (x : term) : R :=
  let: (b, n, p, fs, _) := x in let v := scaled n p fs in if b then - v else v.
Definition sum_value (V : zmodType) (value : term -> V) (p : seq term) : V :=
  if p is x :: p' then foldl (fun v y => v + value y) (value x) p' else 0.
Definition holds (r : relation) : Prop := match r with
 | Mat s t p q => sum_value (term_value s t) p = sum_value (term_value s t) q
 | Sca p q => sum_value scalar_value p = sum_value scalar_value q end.
Fixpoint all_hold (rs : seq relation) : Prop := if rs is r :: rs' then holds r /\ all_hold rs' else True.
Fixpoint all_symmetric (l : seq nat) : Prop := if l is i :: l' then
  word_value (src i) (src i) [:: (i, true)] = word_value (src i) (src i) [:: (i, false)] /\ all_symmetric l' else True.

(* Soundness. *)
Hypothesis one : d 0%N = 1%N.
Hypothesis alike : all_symmetric syms.

Definition fraction_value (a : fraction) : R :=
  let: (a1, a2, p) := a in ((nat_of a1)%:R - (nat_of a2)%:R) / (pos_of p)%:R.
Lemma pos_of_neq0 p : (pos_of p)%:R != 0 :> R.
Proof. by rewrite pnatr_eq0 /pos_of; have := Pnat.Pos2Nat.is_pos p; case: (BinPos.Pos.to_nat p) => // /PeanoNat.Nat.nlt_0_r. Qed.
Lemma nat_of_add a b : nat_of (BinNat.N.add a b) = (nat_of a + nat_of b)%N.
Proof. by rewrite /nat_of Nnat.N2Nat.inj_add plusE. Qed.
Lemma nat_of_mul a b : nat_of (BinNat.N.mul a b) = (nat_of a * nat_of b)%N.
Proof. by rewrite /nat_of Nnat.N2Nat.inj_mul multE. Qed.
Lemma pos_of_mul a b : pos_of (BinPos.Pos.mul a b) = (pos_of a * pos_of b)%N.
Proof. by rewrite /pos_of Pnat.Pos2Nat.inj_mul multE. Qed.
Lemma fadd_value a b : fraction_value (fadd a b) = fraction_value a + fraction_value b.
Proof.
case: a => [[a1 a2] p]; case: b => [[b1 b2] q]; rewrite /fadd.
case: (BinPos.Pos.eqb_spec p q) => [<-|_]; rewrite /fraction_value !nat_of_add ?nat_of_mul ?pos_of_mul !natrD.
  by rewrite -mulrDl opprD addrACA.
rewrite addf_div ?pos_of_neq0 // !natrM /nat_of /=; congr (_ / _).
by rewrite !mulrBl opprD addrACA.
Qed.
Lemma fmul_value a b : fraction_value (fmul a b) = fraction_value a * fraction_value b.
Proof.
case: a => [[a1 a2] p]; case: b => [[b1 b2] q]; rewrite /fmul /fraction_value !nat_of_add !nat_of_mul pos_of_mul.
rewrite mulf_div !natrD !natrM; congr (_ / _).
by rewrite mulrBl !mulrBr opprB opprD addrACA.
Qed.
Lemma fopp_value a : fraction_value (fopp a) = - fraction_value a.
Proof. by case: a => [[a1 a2] p]; rewrite /= -mulNr opprB. Qed.
Lemma fzero_value a : fzero a -> fraction_value a = 0.
Proof. by case: a => [[a1 a2] p]; rewrite /fzero /= => /BinNat.N.eqb_spec ->; rewrite subrr mul0r. Qed.
Lemma size_of_coefficientE n p : size_of_coefficient n p = (nat_of n)%:R / (pos_of p)%:R.
Proof. by case: p => //=; rewrite divr1. Qed.
Lemma frac_value b n p :
  fraction_value (frac (b, n, p)) = if b then - size_of_coefficient n p else size_of_coefficient n p.
Proof. by rewrite size_of_coefficientE; case: b; rewrite /= ?sub0r ?subr0 // mulNr. Qed.
Lemma plainE n p : plain n p -> size_of_coefficient n p = 1.
Proof. by case: n => // -[]//; case: p. Qed.

Lemma cast_rows_id s t (A : 'M[R]_(d s, d t)) : cast_rows s A = A.
Proof. by rewrite /cast_rows; case: (same_size s s) => // e; rewrite (eq_irrelevance e erefl). Qed.
Lemma cast_columns_id s t (A : 'M[R]_(d s, d t)) : cast_columns t A = A.
Proof. by rewrite /cast_columns; case: (same_size t t) => // e; rewrite (eq_irrelevance e erefl). Qed.
Lemma cast_columnsE s t t' (A : 'M[R]_(d s, d t)) : cast_columns t' A = A *m cast_rows t (1%:M : 'M[R]_(d t')).
Proof.
have [e|ne] := boolP (t == t').
  by move: (eqP e) => {}e; case: t' / e; rewrite cast_columns_id cast_rows_id mulmx1.
rewrite /cast_columns /cast_rows; case: (same_size t t') => [e|_]; first by rewrite e eqxx in ne.
by case: (same_size t' t) => [e|_]; [rewrite e eqxx in ne | rewrite mulmx0].
Qed.

Fixpoint value (s t : nat) (w : word) : 'M[R]_(d s, d t) := match w with
 | [::] => cast_rows s (1%:M : 'M[R]_(d t))
 | a :: w' => cast_rows s (letter_value a) *m value (ltgt a) t w' end.
Lemma multipliedE s m t (A : 'M[R]_(d s, d m)) w : multiplied t A w = A *m value m t w.
Proof. by elim: w m A => [|a w IH] m A /=; [exact: cast_columnsE | rewrite IH mulmxA]. Qed.
Lemma word_valueE s t w : word_value s t w = value s t w.
Proof. by case: w => //= a w; rewrite multipliedE. Qed.

Lemma typed_cat s m t u v : typed s u m -> typed m v t -> typed s (u ++ v) t.
Proof. by elim: u s => [|a u IH] s /=; [move/eqP=> -> | case/andP=> -> /IH]. Qed.
Lemma value_cat s m t u v : typed s u m -> value s t (u ++ v) = value s m u *m value m t v.
Proof.
elim: u s => [|a u IH] s /=; first by move/eqP=> ->; rewrite cast_rows_id mul1mx.
by case/andP=> _ /IH ->; rewrite mulmxA.
Qed.
Lemma value1 a : value (lsrc a) (ltgt a) [:: a] = letter_value a.
Proof. by rewrite /= !cast_rows_id mulmx1. Qed.
Lemma symmetricE i : symmetric -> i \in syms -> src i = tgt i.
Proof. by move=> /allP sy /sy /eqP. Qed.
Lemma flip_src a : symmetric -> lsrc (flip a) = ltgt a.
Proof.
move=> sy; case: a => i b; rewrite /flip /lsrc /ltgt /=.
case: (boolP (i \in syms)) => [ii|_]; last by case: b.
by have e := symmetricE sy ii; case: b; rewrite /= ?e.
Qed.
Lemma flip_tgt a : symmetric -> ltgt (flip a) = lsrc a.
Proof.
move=> sy; case: a => i b; rewrite /flip /lsrc /ltgt /=.
case: (boolP (i \in syms)) => [ii|_]; last by case: b.
by have e := symmetricE sy ii; case: b; rewrite /= ?e.
Qed.
Lemma alikeP l i : all_symmetric l -> i \in l ->
  value (src i) (src i) [:: (i, true)] = value (src i) (src i) [:: (i, false)].
Proof. by elim: l => // j l IH [e /IH{}IH]; rewrite inE => /predU1P[->|//]; rewrite -!word_valueE. Qed.
Lemma flip_value a : symmetric -> value (ltgt a) (lsrc a) [:: flip a] = (value (lsrc a) (ltgt a) [:: a])^T.
Proof.
move=> sy; case: a => i b.
have T : value (tgt i) (src i) [:: (i, true)] = (value (src i) (tgt i) [:: (i, false)])^T.
  by rewrite (value1 (i, true)) (value1 (i, false)).
rewrite /flip [(i, b).1]/= [(i, b).2]/=; case: ifP => [ii|_]; last first.
  case: b; last exact: T.
  change (value (src i) (tgt i) [:: (i, false)] = (value (tgt i) (src i) [:: (i, true)])^T).
  by rewrite T trmxK.
have e := symmetricE sy ii; have H := alikeP alike ii; move: T; rewrite -e => T.
case: b.
  change (value (src i) (tgt i) [:: (i, true)] = (value (tgt i) (src i) [:: (i, true)])^T).
  by rewrite -e {1}T H.
change (value (tgt i) (src i) [:: (i, false)] = (value (src i) (tgt i) [:: (i, false)])^T).
by rewrite -e -T H.
Qed.
Lemma turn_typed s w t : symmetric -> typed s w t -> typed t (turn w) s.
Proof.
move=> sy; elim: w s => [|a w IH] s /=; first by rewrite eq_sym.
case/andP=> /eqP <- /IH h; rewrite -cats1; apply: typed_cat h _.
by rewrite /= flip_src // flip_tgt // !eqxx.
Qed.
Lemma turn_value s w t : symmetric -> typed s w t -> value t s (turn w) = (value s t w)^T.
Proof.
move=> sy; elim: w s => [|a w IH] s.
  by rewrite /= => /eqP ->; rewrite !cast_rows_id trmx1.
rewrite [typed _ _ _]/=; case/andP=> /eqP <- ok; rewrite [turn _]/= -cats1.
rewrite (value_cat _ _ (turn_typed sy ok)) flip_value // IH // -trmx_mul; congr (_^T).
by rewrite value1 /= cast_rows_id.
Qed.

(* Traces of closed words. *)
Definition tr_value (w : word) : R := \tr (value (start w) (start w) w).
Lemma trace_ofE s w : typed s w s -> factor_value (trace_of s w) = \tr (value s s w).
Proof.
case: w => [|a w] /=; first by rewrite cast_rows_id mxtrace1.
by case/andP=> /eqP <- _; rewrite multipliedE.
Qed.
Lemma trace_rot s m u v : typed s u m -> typed m v s -> \tr (value s s (u ++ v)) = \tr (value m m (v ++ u)).
Proof. by move=> hu hv; rewrite (value_cat _ _ hu) (value_cat _ _ hv) mxtrace_mulC. Qed.
Lemma startE s w t : typed s w t -> w != [::] -> start w = s.
Proof. by case: w => //= a w /andP[/eqP]. Qed.
Lemma rotate_tr w : closed w -> closed (rotate w) /\ tr_value (rotate w) = tr_value w.
Proof.
case: w => [|a w] //; rewrite /closed [typed _ _ _]/= eqxx [true && _]/= => ow.
have oa : typed (lsrc a) [:: a] (ltgt a) by rewrite /= !eqxx.
have [e|ne] := boolP (w == [::]).
  by move: ow; rewrite (eqP e) /= => /eqP <-; rewrite !eqxx.
have sw := startE ow ne; rewrite [rotate _]/= -cats1 /tr_value.
have -> : start (w ++ [:: a]) = ltgt a by rewrite -sw; case: w ne {ow sw}.
by split; [exact: typed_cat ow oa | rewrite -(trace_rot oa ow)].
Qed.
Definition like (T : R) (w : word) := closed w /\ tr_value w = T.
Lemma rotations_like T n w : like T w -> forall u, u \in rotations n w -> like T u.
Proof.
elim: n w => [|n IH] w //= h u; rewrite inE => /predU1P[-> //|]; apply: IH.
by case: h => c <-; case: (rotate_tr c).
Qed.
Lemma turn_like T w : symmetric -> like T w -> like T (turn w).
Proof.
move=> sy [c <-]; case: w c => [|a w] // c.
have c' := turn_typed sy c.
have e : start (turn (a :: w)) = start (a :: w) by apply: (startE c'); rewrite /=; case: (turn w).
by split; rewrite /closed /tr_value e // (turn_value sy c) mxtrace_tr.
Qed.
Lemma foldl_like T l w : like T w -> (forall u, u \in l -> like T u) -> like T (foldl least w l).
Proof.
elim: l w => //= u l IH w hw hl; apply: IH; last by move=> v hv; apply: hl; rewrite inE hv orbT.
by rewrite /least; case: ifP => // _; apply: hl; rewrite inE eqxx.
Qed.
Lemma canonical_like T w : symmetric -> like T w -> like T (canonical w).
Proof.
move=> sy h; apply: foldl_like => // u; rewrite mem_cat => /orP[]; apply: rotations_like => //.
exact: turn_like.
Qed.
Lemma seek_like T n w : like T w -> like T (seek n w).
Proof.
elim: n w => //= n IH w h; case: ifP => // _; apply: IH.
by case: h => c <-; case: (rotate_tr c).
Qed.
Lemma trace_one (A B : 'M[R]_(d 0)) : \tr (A *m B) = \tr A * \tr B.
Proof.
move: A B; rewrite one => A B; rewrite [A]mx11_scalar [B]mx11_scalar -scalar_mxM !mxtrace_scalar.
by rewrite !mulr1n.
Qed.
Lemma cut_like u w m : typed 0 u m -> typed m w 0 ->
  all closed (cut u w) /\ \prod_(p <- cut u w) tr_value p = \tr (value 0 0 (u ++ w)).
Proof.
have st v : typed 0 v 0 -> closed v /\ tr_value v = \tr (value 0 0 v).
  case: v => [|a v] h; first by rewrite /closed /tr_value.
  by have e := startE h isT; rewrite /closed /tr_value e.
elim: w u m => [|a w IH] u m ou.
  move=> /eqP e; rewrite e in ou; rewrite cats0; case: u ou => [|b u] ou.
    by rewrite big_nil /= cast_rows_id mxtrace1 one.
  have [c t] := st _ ou; split; first by apply/andP; split.
  by rewrite big_cons big_nil mulr1 t.
rewrite [typed m _ _]/=; case/andP=> /eqP e ow.
have oua : typed 0 (rcons u a) (ltgt a) by rewrite -cats1; apply: typed_cat ou _; rewrite /= e !eqxx.
rewrite -cat_rcons [cut _ _]/=; case: ifP => [/eqP z|_]; last exact: IH oua ow.
rewrite z in oua ow; have [c t] := st _ oua; have [c' t'] := IH [::] 0%N (eqxx _) ow.
split; first by apply/andP; split.
by rewrite big_cons t t' cat0s (value_cat _ _ oua) trace_one.
Qed.
Lemma pieces_like w : closed w -> all closed (pieces w) /\ \prod_(p <- pieces w) tr_value p = tr_value w.
Proof.
move=> c; have [c' t'] : like (tr_value w) (seek (size w) w) by apply: seek_like.
rewrite /pieces; case: ifP => [/eqP z|_]; last by rewrite big_cons big_nil /= c' mulr1.
by move: c' t'; rewrite /closed /tr_value z => c' <-; exact: (@cut_like [::] _ 0%N).
Qed.
Definition factors_value (fs : seq factor) : R := \prod_(f <- fs) factor_value f.
Lemma factors_cat u v : factors_value (u ++ v) = factors_value u * factors_value v.
Proof. exact: big_cat. Qed.
Lemma factor_tr w : w != [::] -> factor_value (false, 0%N, w) = tr_value w.
Proof. by case: w => // a w _; rewrite /factor_value word_valueE. Qed.
Lemma closed_nil_value : tr_value [::] = 1.
Proof. by rewrite /tr_value /= cast_rows_id mxtrace1 one. Qed.
Lemma rcons_neq (T : eqType) (u : seq T) a : rcons u a != [::].
Proof. by case: u. Qed.
Lemma cut_neq u w : all (fun p => p != [::]) (cut u w).
Proof.
elim: w u => [|a w IH] u /=; first by case: u.
case: ifP => _; last exact: IH.
by apply/andP; split; [exact: rcons_neq | exact: IH].
Qed.
Lemma foldl_neq l w : w != [::] -> all (fun p => p != [::]) l -> foldl least w l != [::].
Proof. by elim: l w => //= u l IH w nw /andP[nu] nl; apply: IH nl; rewrite /least; case: ifP. Qed.
Lemma rotate_neq w : w != [::] -> rotate w != [::].
Proof. by case: w => //= a w _; rewrite rcons_neq. Qed.
Lemma rotations_neq n w : w != [::] -> all (fun p => p != [::]) (rotations n w).
Proof. by elim: n w => //= n IH w nw; rewrite nw IH // rotate_neq. Qed.
Lemma canonical_neq w : w != [::] -> canonical w != [::].
Proof.
move=> nw; apply: foldl_neq => //; rewrite all_cat !rotations_neq //.
by case: w nw => //= a w _; rewrite rcons_neq.
Qed.
Lemma seek_neq n w : w != [::] -> seek n w != [::].
Proof. by elim: n w => //= n IH w nw; case: ifP => // _; rewrite IH // rotate_neq. Qed.
Lemma pieces_neq w : w != [::] -> all (fun p => p != [::]) (pieces w).
Proof. by move=> nw; rewrite /pieces; case: ifP => _; rewrite ?cut_neq //= seek_neq. Qed.
Lemma fnormal_value f : symmetric -> fclosed f -> factors_value (fnormal f) = factor_value f.
Proof.
move=> sy; case: f => [[b k] [|a w]] c; rewrite /fnormal /factors_value.
  case: ifP => [/andP[-> /eqP ->]|_]; first by rewrite big_nil /= one.
  by rewrite big_cons big_nil mulr1.
set u := a :: w; have [cs <-] : all closed (pieces u) /\ \prod_(p <- pieces u) tr_value p = factor_value (b, k, u).
  by have := pieces_like (c : closed u); rewrite /factor_value /u word_valueE.
have ns : all (fun p => p != [::]) (pieces u) by apply: pieces_neq.
rewrite big_map; move: cs ns; elim: (pieces u) => [|p ps IH]; first by rewrite !big_nil.
case/andP=> cp /IH{}IH /andP[np /IH{}IH]; rewrite !big_cons IH factor_tr ?canonical_neq //.
by have [_ ->] := canonical_like sy (conj cp erefl).
Qed.
Lemma monomial_value fs : symmetric -> all fclosed fs -> factors_value (monomial fs) = factors_value fs.
Proof.
move=> sy c; rewrite /monomial /factors_value (perm_big _ (permEl (perm_sort _ _))) big_flatten big_map.
elim: fs c => [|f fs IH]; first by rewrite !big_nil.
by case/andP=> cf /IH{}IH; rewrite !big_cons IH -(fnormal_value sy cf).
Qed.

Definition terms_value (p : scalar_terms) : R := \sum_(x <- p) fraction_value x.1 * factors_value x.2.
Lemma terms_cat p q : terms_value (p ++ q) = terms_value p + terms_value q.
Proof. exact: big_cat. Qed.
Lemma cancels_value c m l : cancels c m l -> fraction_value c * factors_value m + terms_value l = 0.
Proof.
rewrite /terms_value; elim: l c m => [|[c' m'] l IH] c m /=; first by move/fzero_value=> ->; rewrite big_nil mul0r addr0.
rewrite big_cons; case: ifP => [/eqP <- /IH|_ /andP[/fzero_value -> /IH ->]]; last by rewrite mul0r addr0.
by rewrite fadd_value mulrDl addrA.
Qed.
Lemma vanishes_value p : symmetric -> vanishes p -> terms_value p = 0.
Proof.
move=> sy /andP[cs]; have -> : terms_value p = terms_value (collected p).
  rewrite /terms_value /collected (perm_big _ (permEl (perm_sort _ _))) big_map big_seq [RHS]big_seq.
  by apply: eq_bigr => x /(allP cs) cx; rewrite monomial_value.
case: (collected p) => [|[c m] l]; first by rewrite /terms_value big_nil.
by move/cancels_value; rewrite /terms_value big_cons.
Qed.

(* Sums of terms are matrices and scalars. *)
Definition fterms_value (s t : nat) (p : seq fterm) : 'M[R]_(d s, d t) :=
  \sum_(x <- p) (fraction_value x.1.1 * factors_value x.1.2) *: value s t x.2.
Lemma scaledE b n p fs : (if b then - scaled n p fs else scaled n p fs) =
  fraction_value (frac (b, n, p)) * factors_value fs.
Proof.
rewrite frac_value; have -> : scaled n p fs = size_of_coefficient n p * factors_value fs.
  case: fs => [|f fs]; first by rewrite /factors_value big_nil mulr1.
  rewrite /= /factors_value big_cons mulrA.
  have -> : (if plain n p then factor_value f else size_of_coefficient n p * factor_value f) =
    size_of_coefficient n p * factor_value f by case: ifP => // /plainE ->; rewrite mul1r.
  move: (_ * _); elim: fs => [|g fs IH] x /=; first by rewrite big_nil mulr1.
  by rewrite IH big_cons mulrA.
by case: b; rewrite ?mulNr.
Qed.
Lemma term_valueE s t x : term_value s t x = (fraction_value (frac x.1.1) * factors_value x.1.2) *: value s t x.2.
Proof.
case: x => [[[[b n] p] fs] w]; rewrite -scaledE /= word_valueE.
have -> : (if plain n p && (if fs is [::] then true else false) then value s t w else scaled n p fs *: value s t w)
  = scaled n p fs *: value s t w.
  by case: ifP => // /andP[/plainE e]; case: fs => //= _; rewrite e scale1r.
by case: b; rewrite ?scaleNr.
Qed.
Lemma scalar_valueE x : scalar_value x = fraction_value (frac x.1.1) * factors_value x.1.2.
Proof. by case: x => [[[[b n] p] fs] w]; rewrite -scaledE. Qed.
Lemma sum_valueE (V : zmodType) (f : term -> V) p : sum_value f p = \sum_(x <- p) f x.
Proof.
case: p => [|x p]; first by rewrite big_nil.
rewrite /= big_cons; move: (f x); elim: p => [|y p IH] v /=; first by rewrite big_nil addr0.
by rewrite IH big_cons addrA.
Qed.
Lemma difference_value s t p q :
  fterms_value s t (difference p q) = sum_value (term_value s t) p - sum_value (term_value s t) q.
Proof.
rewrite !sum_valueE /fterms_value /difference big_cat !big_map -sumrN /=; congr (_ + _).
  by apply: eq_bigr => x _; rewrite term_valueE.
by apply: eq_bigr => x _; rewrite term_valueE fopp_value mulNr scaleNr.
Qed.
Lemma untraced_value p q :
  terms_value (untraced (difference p q)) = sum_value scalar_value p - sum_value scalar_value q.
Proof.
rewrite !sum_valueE /terms_value /untraced /difference map_cat big_cat !big_map -sumrN /=; congr (_ + _).
  by apply: eq_bigr => x _; rewrite scalar_valueE.
by apply: eq_bigr => x _; rewrite scalar_valueE fopp_value mulNr.
Qed.
Lemma turned_typed s t p : symmetric -> well_typed s t p -> well_typed t s (turned p).
Proof. by move=> sy /allP h; apply/allP => y /mapP[x /h hx ->]; exact: turn_typed. Qed.
Lemma turned_value s t p : symmetric -> well_typed s t p -> fterms_value t s (turned p) = (fterms_value s t p)^T.
Proof.
move=> sy /allP h; rewrite /fterms_value big_map raddf_sum big_seq [RHS]big_seq.
by apply: eq_bigr => x /h hx /=; rewrite linearZ turn_value.
Qed.
Lemma traced_value q s t l r p : typed q l s -> typed t r q -> well_typed s t p ->
  terms_value (traced q l r p) = \tr (value q s l *m fterms_value s t p *m value t q r).
Proof.
move=> ol or /allP h; rewrite /fterms_value mulmx_sumr mulmx_suml raddf_sum /terms_value big_map big_seq [RHS]big_seq.
apply: eq_bigr => x /h hx; rewrite /factors_value big_cons -/(factors_value _).
rewrite trace_ofE; last by apply: typed_cat ol _; exact: typed_cat hx or.
rewrite (value_cat _ _ ol) (value_cat _ _ hx) -scalemxAr -scalemxAl mulmxA.
rewrite [RHS](mxtraceZ _ _) [(_, _).1]/= -/(factors_value _).
by rewrite [RHS]mulrAC mulrA.
Qed.
Lemma times_value p q : terms_value (times p q) = terms_value p * terms_value q.
Proof.
rewrite /terms_value /times big_allpairs_dep mulr_suml; apply: eq_bigr => x _.
by rewrite mulr_sumr; apply: eq_bigr => y _; rewrite fmul_value factors_cat mulrACA.
Qed.
Lemma product_typed s m t p q : well_typed s m p -> well_typed m t q -> well_typed s t (product p q).
Proof.
move=> /allP hp /allP hq; apply/allP => z /allpairsP[[x y] [/hp hx /hq hy ->]] /=; exact: typed_cat hx hy.
Qed.
Lemma product_value s m t p q : well_typed s m p ->
  fterms_value s t (product p q) = fterms_value s m p *m fterms_value m t q.
Proof.
move=> /allP hp; rewrite /fterms_value /product big_allpairs_dep mulmx_suml big_seq [RHS]big_seq.
apply: eq_bigr => x /hp hx; rewrite mulmx_sumr; apply: eq_bigr => y _ /=.
by rewrite (value_cat _ _ hx) fmul_value factors_cat -scalemxAl -scalemxAr scalerA mulrACA.
Qed.

Lemma none_holds : holds none. Proof. by []. Qed.
Lemma all_holdP hyps k : all_hold hyps -> holds (nth none hyps k).
Proof. by elim: hyps k => [|h hyps IH] [|k] //= [hh hs] //; exact: IH. Qed.
Lemma effect_value h c : symmetric -> holds h -> good h c -> terms_value (effect h c) = 0.
Proof.
rewrite /effect times_value => sy; case: h => [s t p q|p q] /= hh; last by rewrite untraced_value hh subrr mulr0.
case/andP=> ok; have z : fterms_value s t (difference p q) = 0 by rewrite difference_value hh subrr.
case: (c_flip c) => /andP[ol or].
  by rewrite (traced_value ol or (turned_typed sy ok)) turned_value // z trmx0 mulmx0 mul0mx mxtrace0 mulr0.
by rewrite (traced_value ol or ok) z mulmx0 mul0mx mxtrace0 mulr0.
Qed.
Theorem follows_sound hyps cs p : all_hold hyps -> follows hyps cs p -> terms_value p = 0.
Proof.
move=> hh /and3P[sy g /(vanishes_value sy)]; rewrite terms_cat => <-; rewrite -[LHS]addr0; congr (_ + _).
elim: cs g => [|c cs IH] /=; first by rewrite /terms_value big_nil.
by case/andP=> gc /IH{}IH; rewrite terms_cat -IH (effect_value sy (all_holdP _ hh) gc) addr0.
Qed.
(* The methods of proof. Letter 0 is a probe: A = 0 if the trace of A Z is 0 for every Z. *)
Definition identical (hyps : seq relation) (cs : seq cofactor) (g : relation) : bool := match g with
 | Mat s t p q => [&& fits g, typed t probe s & follows hyps cs (traced s [::] probe (difference p q))]
 | Sca p q => follows hyps cs (untraced (difference p q)) end.
Fixpoint chain (acc : seq fterm) (fs : seq (nat * seq term)) : seq fterm :=
  if fs is (_, p) :: fs' then chain (product acc (plus p)) fs' else acc.
Fixpoint chained (m : nat) (fs : seq (nat * seq term)) (t : nat) : bool :=
  if fs is (k, p) :: fs' then well_typed m k (plus p) && chained k fs' t else m == t.
Fixpoint chain_value (s m t : nat) (A : 'M[R]_(d s, d m)) (fs : seq (nat * seq term)) : 'M[R]_(d s, d t) :=
  if fs is (k, p) :: fs' then chain_value t (A *m sum_value (term_value m k) p) fs' else cast_columns t A.
Definition negated (p : seq fterm) : seq fterm := [seq (fopp x.1.1, x.1.2, x.2) | x <- p].
Definition factored (hyps : seq relation) (cs : seq cofactor) (s t : nat) (p : seq term) (k : nat) (f : seq term)
  (fs : seq (nat * seq term)) : bool := [&& well_typed s t (plus p), well_typed s k (plus f), chained k fs t,
  typed t probe s & follows hyps cs (traced s [::] probe (plus p ++ negated (chain (plus f) fs)))].
Definition squares (sq : seq (coefficient * relation)) : scalar_terms :=
  flatten [seq times [:: (frac x.1, [::])] (norm x.2) | x <- sq].
Definition positive (sq : seq (coefficient * relation)) : bool :=
  all (fun x : coefficient * relation => ~~ x.1.1.1 && fits x.2) sq.
Definition descends hyps cs sq (p q : seq term) : bool :=
  positive sq && follows hyps cs (untraced (difference p q) ++ squares sq).
Definition cancelled hyps cs sq (g : relation) : bool :=
  [&& fits g, positive sq & follows hyps cs (norm g ++ squares sq)].
Definition norms (rs : seq relation) : scalar_terms := flatten [seq norm r | r <- rs].
Definition splits hyps cs (split : seq (seq relation)) : bool :=
  all (all fits) split && follows hyps cs (foldr (fun c p => times (norms c) p) [:: (frac (false, BinNums.Npos BinNums.xH, BinNums.xH), [::])] split).
Fixpoint some_case (split : seq (seq relation)) : Prop :=
  if split is c :: split' then all_hold c \/ some_case split' else False.

Lemma traced_probe s t p : symmetric -> well_typed s t p -> typed t probe s ->
  terms_value (traced s [::] probe p) = \tr (fterms_value s t p *m word_value t s probe).
Proof.
by move=> sy ok op; rewrite (@traced_value s s t [::] probe p (eqxx s) op ok) word_valueE /= cast_rows_id mul1mx.
Qed.
Lemma follows_symmetric hyps cs p : follows hyps cs p -> symmetric.
Proof. by case/and3P. Qed.
Theorem identical_matrix hyps cs s t p q : all_hold hyps -> identical hyps cs (Mat s t p q) ->
  \tr ((sum_value (term_value s t) p - sum_value (term_value s t) q) *m word_value t s probe) = 0.
Proof.
move=> hh /and3P[ok op f].
by rewrite -difference_value -(traced_probe (follows_symmetric f) ok op) (follows_sound hh f).
Qed.
Theorem identical_scalar hyps cs p q : all_hold hyps -> identical hyps cs (Sca p q) ->
  sum_value scalar_value p = sum_value scalar_value q.
Proof. by move=> hh f; apply/eqP; rewrite -subr_eq0 -untraced_value (follows_sound hh f). Qed.

Lemma plus_value s t p : fterms_value s t (plus p) = sum_value (term_value s t) p.
Proof. by rewrite sum_valueE /fterms_value big_map; apply: eq_bigr => x _; rewrite term_valueE. Qed.
Lemma negated_value s t p : fterms_value s t (negated p) = - fterms_value s t p.
Proof.
by rewrite /fterms_value big_map -sumrN; apply: eq_bigr => x _; rewrite fopp_value mulNr scaleNr.
Qed.
Lemma negated_typed s t p : well_typed s t p -> well_typed s t (negated p).
Proof. by move=> /allP h; apply/allP => y /mapP[x /h hx ->]. Qed.
Lemma chain_valueE s m t acc fs : well_typed s m acc -> chained m fs t ->
  well_typed s t (chain acc fs) /\ fterms_value s t (chain acc fs) = chain_value t (fterms_value s m acc) fs.
Proof.
elim: fs m acc => [|[k p] fs IH] m acc /= h; first by move/eqP=> <-; rewrite cast_columns_id.
by case/andP=> hp hf; rewrite -plus_value -(product_value _ _ h); apply: IH hf; exact: product_typed h hp.
Qed.
Theorem factored_matrix hyps cs s t p k f fs : all_hold hyps -> factored hyps cs s t p k f fs ->
  \tr ((sum_value (term_value s t) p - chain_value t (sum_value (term_value s k) f) fs) *m word_value t s probe) = 0.
Proof.
move=> hh /and5P[op o1 oc ob fo]; rewrite -!plus_value; have [ot <-] := chain_valueE o1 oc.
have -> : fterms_value s t (plus p) - fterms_value s t (chain (plus f) fs) =
  fterms_value s t (plus p ++ negated (chain (plus f) fs)).
  by rewrite -negated_value /fterms_value [RHS]big_cat.
rewrite -(traced_probe (follows_symmetric fo)) ?(follows_sound hh fo) //.
by apply/allP => x; rewrite mem_cat => /orP[/(allP op)|/(allP (negated_typed ot))].
Qed.

Definition turned_terms (p : seq term) : seq term := [seq (x.1, turn x.2) | x <- p].
Theorem turned_rank s t p : symmetric -> well_typed s t (plus p) ->
  \rank (sum_value (term_value t s) (turned_terms p)) = \rank (sum_value (term_value s t) p).
Proof.
move=> sy ok; rewrite -!plus_value -[RHS]mxrank_tr -(turned_value sy ok) /plus /turned /turned_terms.
by rewrite -!map_comp.
Qed.

Lemma norm_matrix (m n : nat) (A : 'M[R]_(m, n)) : 0 <= \tr (A^T *m A) /\ (\tr (A^T *m A) = 0 -> A = 0).
Proof.
have e : \tr (A^T *m A) = \sum_j \sum_i A i j ^+ 2.
  by apply: eq_bigr => j _; rewrite !mxE; apply: eq_bigr => i _; rewrite !mxE expr2.
have ge j : 0 <= \sum_i A i j ^+ 2 by apply: sumr_ge0 => i _; exact: sqr_ge0.
rewrite e; split; first by apply: sumr_ge0.
move=> /psumr_eq0P h; apply/matrixP => i j; rewrite mxE.
have /psumr_eq0P h' : \sum_i A i j ^+ 2 = 0 by apply: h.
by apply/eqP; rewrite -sqrf_eq0; apply/eqP; apply: h' => // k _; exact: sqr_ge0.
Qed.
Lemma norm_value r : symmetric -> fits r -> 0 <= terms_value (norm r) /\ (terms_value (norm r) = 0 -> holds r).
Proof.
move=> sy; case: r => [s t p q|p q] /= ok.
  have ok' := turned_typed sy ok.
  rewrite (@traced_value t t t [::] [::] _ (eqxx t) (eqxx t) (product_typed ok' ok)) (product_value _ _ ok') (turned_value sy ok).
  rewrite /= !cast_rows_id mul1mx mulmx1 difference_value.
  have [ge z] := norm_matrix (sum_value (term_value s t) p - sum_value (term_value s t) q).
  by split=> // /z/eqP; rewrite subr_eq0 => /eqP.
rewrite times_value untraced_value -expr2; split; first exact: sqr_ge0.
by move/eqP; rewrite sqrf_eq0 subr_eq0 => /eqP.
Qed.
Lemma squares_value sq : symmetric -> positive sq -> 0 <= terms_value (squares sq).
Proof.
move=> sy; rewrite /squares; elim: sq => [|[w r] sq IH]; first by rewrite /terms_value big_nil.
case/andP=> /andP[pw ok] /IH{}IH; rewrite /= terms_cat times_value addr_ge0 //.
have [ge _] := norm_value sy ok; rewrite mulr_ge0 // /terms_value big_cons big_nil addr0 /factors_value big_nil mulr1.
by case: {ok ge} w pw => [[[] n] p] // _; rewrite frac_value size_of_coefficientE divr_ge0 ?ler0n.
Qed.
Theorem descends_scalar hyps cs sq p q : all_hold hyps -> descends hyps cs sq p q ->
  sum_value scalar_value p <= sum_value scalar_value q.
Proof.
move=> hh /andP[ps f]; have /eqP := follows_sound hh f.
rewrite terms_cat untraced_value -subr_le0 addr_eq0 => /eqP ->.
by rewrite oppr_le0 (squares_value (follows_symmetric f) ps).
Qed.
Theorem cancelled_holds hyps cs sq g : all_hold hyps -> cancelled hyps cs sq g -> holds g.
Proof.
move=> hh /and3P[ok ps f]; have sy := follows_symmetric f; have [ge z] := norm_value sy ok.
apply: z; have /eqP := follows_sound hh f; rewrite terms_cat paddr_eq0 ?(squares_value sy ps) //.
by case/andP=> /eqP.
Qed.
Lemma norms_value rs : symmetric -> all fits rs ->
  0 <= terms_value (norms rs) /\ (terms_value (norms rs) = 0 -> all_hold rs).
Proof.
move=> sy; rewrite /norms; elim: rs => [|r rs IH] /=; first by rewrite /terms_value big_nil.
case/andP=> /(norm_value sy)[ge z] /IH[ge' z']; rewrite terms_cat; split; first exact: addr_ge0.
by move/eqP; rewrite paddr_eq0 // => /andP[/eqP/z hr /eqP/z' hs].
Qed.
Theorem splits_cases hyps cs split : all_hold hyps -> splits hyps cs split -> some_case split.
Proof.
move=> hh /andP[ok f]; have := follows_sound hh f; have sy := follows_symmetric f.
elim: split ok {f} => [|c split IH] /=.
  rewrite /terms_value big_cons big_nil addr0 /factors_value big_nil mulr1 => _.
  change ((1%:R - 0%:R) / 1%:R = 0 :> R -> False).
  by rewrite subr0 divr1 => /eqP; rewrite oner_eq0.
case/andP=> /(norms_value sy)[_ z] /IH{}IH; rewrite times_value => /eqP; rewrite mulf_eq0.
by case/orP=> /eqP; [left; exact: z | right; exact: IH].
Qed.
End Words.

Lemma by_probe (R : realFieldType) (m n : nat) (A B : 'M[R]_(m, n)) :
  (forall Z : 'M[R]_(n, m), \tr ((A - B) *m Z) = 0) -> A = B.
Proof.
move=> h; apply/eqP; rewrite -subr_eq0; apply/eqP; have [_] := norm_matrix (A - B); apply.
by rewrite mxtrace_mulC h.
Qed.

(* Ranks: that of a product is at most that of a factor, and at most any size between two factors. *)
Lemma rank_of (F : fieldType) (m n k : nat) (A B : 'M[F]_(m, n)) : A = B -> (\rank B <= k)%N -> (\rank A <= k)%N.
Proof. by move=> ->. Qed.
Ltac bounded_rank := repeat first [exact: leqnn | exact: rank_leq_col | exact: mxrankM_maxr
  | apply: leq_trans (mxrankM_maxl _ _) _].

(* Indices are integers. The matrix at an index k of a family has the shape that is declared at k; where the same sizes
   are written otherwise, such as n (k + 1 - 1) and n k, member reads it in the shape that is asked for. *)
Import BinInt.
Delimit Scope nat_scope with N.
Delimit Scope Z_scope with index.
Notation index := BinNums.Z.
Definition member (R : ringType) (r c : index -> nat) (A : forall k : index, 'M[R]_(r k, c k)) (k : index) (p q : nat) :
  'M[R]_(p, q) := conform_mx 0 (A k).
Lemma memberE (R : ringType) (r c : index -> nat) (A : forall k, 'M[R]_(r k, c k)) k : member A k (r k) (c k) = A k.
Proof. exact: conform_mx_id. Qed.

(* Induction over indices, upward from the first or downward from the last, to an end or without one. *)
Lemma upward_forever (P : index -> Prop) (a : index) : P a ->
  (forall l, (a <= l)%index -> P l -> P (l + 1)%index) -> forall l, (a <= l)%index -> P l.
Proof.
move=> base step l al; have -> : l = (a + BinInt.Z.of_nat (BinInt.Z.to_nat (l - a)))%index by Lia.lia.
elim: (BinInt.Z.to_nat _) => [|i IH]; first by rewrite BinInt.Z.add_0_r.
have -> : (a + BinInt.Z.of_nat i.+1)%index = (a + BinInt.Z.of_nat i + 1)%index by Lia.lia.
by apply: step IH; Lia.lia.
Qed.
Lemma downward_forever (P : index -> Prop) (b : index) : P b ->
  (forall l, (l + 1 <= b)%index -> P (l + 1)%index -> P l) -> forall l, (l <= b)%index -> P l.
Proof.
move=> base step l lb; have -> : l = (b - BinInt.Z.of_nat (BinInt.Z.to_nat (b - l)))%index by Lia.lia.
elim: (BinInt.Z.to_nat _) => [|i IH]; first by rewrite BinInt.Z.sub_0_r.
apply: step; first by Lia.lia.
by have -> : (b - BinInt.Z.of_nat i.+1 + 1)%index = (b - BinInt.Z.of_nat i)%index by Lia.lia.
Qed.
Lemma upward (P : index -> Prop) (a b : index) : ((a <= b)%index -> P a) ->
  (forall l, (a <= l /\ l + 1 <= b)%index -> P l -> P (l + 1)%index) -> forall l, (a <= l <= b)%index -> P l.
Proof.
move=> base step l [al lb]; move: l al lb; apply: upward_forever => // l al IH lb.
by apply: step => //; apply: IH; Lia.lia.
Qed.
Lemma downward (P : index -> Prop) (a b : index) : ((a <= b)%index -> P b) ->
  (forall l, (a <= l /\ l + 1 <= b)%index -> P (l + 1)%index -> P l) -> forall l, (a <= l <= b)%index -> P l.
Proof.
move=> base step l [al lb]; move: l lb al; apply: downward_forever => // l lb IH al.
by apply: step => //; apply: IH; Lia.lia.
Qed.
