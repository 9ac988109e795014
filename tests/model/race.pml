/* A race: `merge: first` over two branches, from the fork to the decisions.
 *
 * The fork gives each record to one branch after the other, for each as soon as there is room. A
 * branch calls for its records in any order; they leave in order, with how far the branch is then (its
 * frontier). The merge decides one rank after the other: a good record goes on once nothing before
 * it can come any more, failed ones once nothing of their rank can. What is decided is swept out of
 * the branches. Records have even ranks, since what the fork says of its progress, "all up to this
 * one", tells nobody which rank is next. Each step under a region's lock is one step here; the
 * messages between regions are steps of their own.
 *
 * A branch may hang: its calls never answer. Then the other one is always good, since else the merge
 * rightly waits.
 *
 * Checked: no deadlock (all ends are reached); each rank is decided once and in order, and none is
 * passed over that a branch may still bring; all have failed only if no branch can be good any more. Each macro named BREAK_... breaks one rule.
 */

#define RECORDS 3
#ifndef ROOM
#define ROOM 1 /* Of a branch, in records. */
#endif
#define BRANCHES 2
#define SLOT(b, r) slot[(b) * RECORDS + (r)]
#define HERE(b, r) here[(b) * RECORDS + (r)]
#define RANK(r) (2 * (r) + 2)
#define END 255

mtype = {none, called, good, failed, dropped, lost, gone};

mtype slot[BRANCHES * RECORDS] = none; /* In the branches. */
mtype here[BRANCHES * RECORDS] = none; /* At the merge. */
byte given[BRANCHES], left[BRANCHES];  /* Records that came in and went out. */
byte above[BRANCHES];                  /* The frontier that the fork told. */
byte frontier[BRANCHES];               /* What the merge knows of it. */
byte swept[BRANCHES];                  /* Up to this rank all have lost. */
byte decided;                          /* A rank. */
byte chosen;                           /* Bits: the records that were decided. */
bool fork_over, merge_over;
bool hangs[BRANCHES];

/* A branch tells how far it is: to its first record, or as far as the fork is. */
#define reached(b) (given[b] > left[b] -> RANK(left[b]) : (fork_over -> END : above[b]))
#define tell(b) frontier[b] = (reached(b) > frontier[b] -> reached(b) : frontier[b])

proctype Fork() {
  byte r, b;
  do
  :: r < RECORDS ->
    do
    :: b < BRANCHES ->
      atomic {
        given[b] - left[b] < ROOM;
        SLOT(b, r) = (RANK(r) <= swept[b] -> lost : called);
        given[b]++;
#ifndef BREAK_NO_TELL_HEAD
        tell(b);
#endif
        b++
      }
    :: else -> break
    od;
    atomic { above[0] = RANK(r) + 1; above[1] = RANK(r) + 1; }
    /* A branch without records passes it on. */
    atomic {
      if
      :: given[0] == left[0] -> tell(0)
      :: else
      fi;
      if
      :: given[1] == left[1] -> tell(1)
      :: else
      fi
    }
    b = 0;
    r++
  :: else -> break
  od;
  atomic {
    fork_over = true;
    if
    :: left[0] == RECORDS -> tell(0)
    :: else
    fi;
    if
    :: left[1] == RECORDS -> tell(1)
    :: else
    fi
  }
}

#define may_answer(b, r) (!hangs[b] && SLOT(b, r) == called)
inline answer(b, r) {
  if
  :: SLOT(b, r) = good
  :: !hangs[1 - (b)] -> SLOT(b, r) = failed
  :: !hangs[1 - (b)] -> SLOT(b, r) = dropped
  fi
}

proctype Branch(byte b) {
  byte r;
  do
  :: atomic { may_answer(b, 0) -> answer(b, 0) }
  :: atomic { may_answer(b, 1) -> answer(b, 1) }
  :: atomic { may_answer(b, 2) -> answer(b, 2) }
  :: atomic { /* The first record leaves. */
      left[b] < given[b] && SLOT(b, left[b]) != called ->
      r = left[b];
      HERE(b, r) = (SLOT(b, r) == good || SLOT(b, r) == failed -> SLOT(b, r) : none);
      SLOT(b, r) = gone;
      left[b]++;
      tell(b)
    }
  :: left[b] == RECORDS -> break
  od
}

#define waits(b, r) (HERE(b, r) == good || HERE(b, r) == failed)
#ifdef BREAK_LOSERS_COME_IN
#define is_open(r) (waits(0, r) || waits(1, r))
#else
#define is_open(r) ((waits(0, r) || waits(1, r)) && RANK(r) > decided)
#endif
#define later_waits(b, r) ((r) < 1 && waits(b, 1) || (r) < 2 && waits(b, 2))
/* By `b` comes nothing before record `r` any more; nothing of its rank, either. */
#define before_is_past(b, r) (waits(b, r) || later_waits(b, r) || frontier[b] >= RANK(r))
#define is_past(b, r) (waits(b, r) || later_waits(b, r) || frontier[b] > RANK(r))

#define some_good(r) (HERE(0, r) == good || HERE(1, r) == good)
#if defined(BREAK_NO_WAIT_FOR_EARLIER)
#define may_win(r) (some_good(r))
#elif defined(BREAK_WAIT_FOR_ALL)
#define may_win(r) (some_good(r) && is_past(0, r) && is_past(1, r))
#else
#define may_win(r) (some_good(r) && before_is_past(0, r) && before_is_past(1, r))
#endif
#ifdef BREAK_NO_WAIT_FOR_OTHERS
#define may_fail(r) (before_is_past(0, r) && before_is_past(1, r))
#else
#define may_fail(r) (is_past(0, r) && is_past(1, r))
#endif
#define may_decide(r) (is_open(r) && (may_win(r) || !some_good(r) && may_fail(r)))

#define both_gone(r) (SLOT(0, r) == gone && SLOT(1, r) == gone)
#define is_settled(r, before) ((r) >= (before) || chosen >> (r) & 1 || both_gone(r))

/* One of its rank goes on; others that are here have lost. */
inline decide(r) {
  assert(RANK(r) > decided);
  /* If it is a failed one, no branch can bring a good one any more. */
  assert(some_good(r) || both_gone(r));
  /* What stood before it has been decided, or both branches are past it. */
  assert(is_settled(0, r) && is_settled(1, r));
  decided = RANK(r);
  chosen = chosen | 1 << (r);
#ifdef BREAK_LOSERS_COME_IN
  if
  :: some_good(r) && HERE(0, r) != good || !some_good(r) && HERE(0, r) != failed -> HERE(1, r) = gone
  :: else -> HERE(0, r) = gone
  fi
#else
  HERE(0, r) = (waits(0, r) -> gone : HERE(0, r));
  HERE(1, r) = (waits(1, r) -> gone : HERE(1, r))
#endif
}

proctype Merge() {
  do
  :: atomic { may_decide(0) -> decide(0) }
  :: atomic { !is_open(0) && may_decide(1) -> decide(1) }
  :: atomic { !is_open(0) && !is_open(1) && may_decide(2) -> decide(2) }
  :: atomic {
      frontier[0] == END && frontier[1] == END && !is_open(0) && !is_open(1) && !is_open(2) ->
      merge_over = true;
      break
    }
  od
}

/* What is decided reaches each branch by itself. */
#define sweep(b, r) \
  SLOT(b, r) = (SLOT(b, r) == called && RANK(r) <= decided -> lost : SLOT(b, r))

proctype Sweep(byte b) {
  do
  :: atomic {
      swept[b] < decided ->
      swept[b] = decided;
#ifndef BREAK_NO_SWEEP
      sweep(b, 0);
      sweep(b, 1);
      sweep(b, 2)
#endif
    }
  :: merge_over -> break
  od
}

init {
  atomic {
    if
    :: hangs[0] = true
    :: hangs[1] = true
    :: true
    fi;
    run Fork();
    run Branch(0);
    run Branch(1);
    run Merge();
    run Sweep(0);
    run Sweep(1)
  }
}
