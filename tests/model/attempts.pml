/* Attempts: what races for one slot of a reorder buffer, and who may touch its memory.
 *
 * A record sits in a slot: queued -> running -> (backoff -> queued ...) -> done, is emitted in
 * order and the slot is used again. While it runs it has one attempt, or a hedge beside it. An
 * attempt is a copy of the record with a first-wins flag (open -> answered, timed out or detached)
 * and counted references: one of the slot, one of whoever works on it. Its thread writes into
 * the copy and answers when it likes: also after a timeout, a deadline, the other attempt's
 * answer, an abandoned run, when the slot already holds another record; and a thread may hang
 * for ever. Timers are not cancelled, so one may go off for a record that is gone.
 *
 * Whoever swaps the flag from open closes the attempt: gives its permit back and lets go of the
 * slot's reference. What then happens to the slot is decided in one step, under the stage's
 * lock, which begins by asking whether the slot still holds that record and is not done. (In the
 * engine the lock guards the flag too. Here they are two steps, which allows for more races.)
 *
 * Checked: no deadlock (every run ends, whatever hangs), every record has exactly one outcome,
 * in order; only a whole and good answer is emitted, and never a detached one; a copy is used
 * again only when nobody can write to it; permits and credits come back exactly once. Each macro
 * named BREAK_... breaks one rule, and check.py wants an error for each.
 */

#ifndef RECORDS
#define RECORDS 2
#endif
#ifndef SLOTS
#define SLOTS 1 /* And credits. */
#endif
#ifndef TRIES
#define TRIES 2 /* `retry: { attempts }` */
#endif
#ifndef HEDGES
#define HEDGES 1
#endif
#ifndef HANGS
#define HANGS 1 /* Threads that never come back. */
#endif
#ifndef PERMITS
#define PERMITS 2
#endif
#define COPIES (SLOTS + HANGS + 1) /* So that one is left when the others are held. */
#define NO 15

mtype = {vacant, queued, running, backoff, done};
mtype = {open, answered, detached};
mtype = {none, good, failed, deadline, abandoned};

/* Slots. */
mtype state[SLOTS] = vacant;
mtype result[SLOTS] = none;
byte holds[SLOTS]; /* Which record. */
byte winner[SLOTS] = NO, tries[SLOTS], hedges[SLOTS], in_progress[SLOTS];
byte credits = SLOTS, fed, emitted, permits = PERMITS, hung;
bool abandoning;

/* Records. */
byte outcomes[RECORDS];
bit deadline_set[3]; /* For up to three. */

/* Attempts, each in its copy. */
mtype flag[COPIES] = detached;
byte copy_of[COPIES], refs[COPIES];
bit handed[COPIES]; /* To a thread. */
bit whole[COPIES];  /* What is in the copy: an answer, not half of one. */
bit is_good[COPIES];

#include "attempts_slots.pml"

/* Whoever works on an attempt: a thread of a stage, or of a client library. One for each copy. */
proctype Thread(byte a) {
  byte k, mine;
end:
  do
  :: atomic { handed[a] -> handed[a] = 0; mine = copy_of[a] }
     if
     :: atomic { hung < HANGS -> hung++ }
        goto end_hung
     :: true
     fi;
     /* It writes its answer into the copy, whatever happened meanwhile. */
     atomic {
       assert(refs[a] > 0 && copy_of[a] == mine && !whole[a]);
       whole[a] = 1;
       if
       :: is_good[a] = 1
       :: true
       fi
     }
     /* Answers: the flag first. */
     atomic {
       if
#ifdef BREAK_NO_FIRST_WINS
       :: true -> flag[a] = answered
#else
       :: flag[a] == open -> flag[a] = answered
       :: else -> goto late
#endif
       fi
     }
     atomic {
       give_permit();
       if
#ifdef BREAK_ANSWER_AFTER_DONE
       :: state[slot_of(mine)] != vacant ->
#else
       :: alive(mine) ->
#endif
         if
         :: is_good[a] -> refs[a]++; decide(slot_of(mine), good, a)
         :: else -> one_failed(slot_of(mine))
         fi
       :: else
       fi;
       let_go(a) /* The slot's; a winner's copy got one more. */
     }
  late:
     atomic {
#ifdef BREAK_LATE_ANSWER_GIVES_PERMIT
       if
       :: flag[a] == detached -> give_permit()
       :: else
       fi;
#endif
       let_go(a);
       mine = 0
     }
  od;
end_hung:
  false
}

#define ready(s) (permits > 0 && free_copy && state[s] == queued)

inline begin(s) {
  state[s] = running;
  tries[s]++;
  deadline_set[holds[s]] = 1;
  start(s)
}

/* Permits and timers. Time is whatever order things happen in. */
active proctype Timer() {
  byte a, k, r;
end:
  do
  :: atomic {
       ready(0) && (SLOTS == 1 || state[SLOTS - 1] != queued || holds[0] < holds[SLOTS - 1]) ->
       begin(0)
     }
#if SLOTS > 1
  :: atomic { ready(1) && (state[0] != queued || holds[1] < holds[0]) -> begin(1) }
#endif
  :: atomic { state[0] == backoff -> state[0] = queued }
#if SLOTS > 1
  :: atomic { state[1] == backoff -> state[1] = queued }
#endif
  :: atomic { /* A hedge waits for no permit. */
       permits > 0 && free_copy && state[0] == running && in_progress[0] == 1 &&
           hedges[0] < HEDGES ->
       hedges[0]++;
       start(0)
     }
  :: atomic { /* A deadline; perhaps of a record that is gone. */
       if
       :: deadline_set[0] -> r = 0
       :: deadline_set[1] -> r = 1
       :: deadline_set[2] -> r = 2
       fi;
       deadline_set[r] = 0;
       if
       :: alive(r) ->
         assert(holds[slot_of(r)] == r);
         decide(slot_of(r), deadline, NO)
       :: else
       fi;
       r = 0
     }
#ifndef NO_TIMEOUT
  :: atomic { /* A timeout of one attempt: it closes the flag, then looks at the slot. */
       if
       :: flag[0] == open -> a = 0
       :: flag[1] == open -> a = 1
       :: flag[2] == open -> a = 2
#if SLOTS > 1
       :: flag[3] == open -> a = 3
#endif
       fi;
       flag[a] = detached;
       r = copy_of[a];
       give_permit();
#ifdef BREAK_REUSE_WHEN_DETACHED
       refs[a] = 1;
#endif
       let_go(a);
       a = 0
     }
     atomic {
       if
       :: alive(r) -> one_failed(slot_of(r))
       :: else
       fi;
       r = 0
     }
#endif
  od
}

#define fit_to_emit(k) \
  (refs[k] > 0 && copy_of[k] == emitted && flag[k] == answered && whole[k] && is_good[k])

/* Feeds records, one credit each, and drains the slots from the head on. */
active proctype Region() {
  byte k, s;
  atomic {
    for (k : 0 .. COPIES - 1) { run Thread(k) }
    k = 0
  }
  do
  :: atomic { fed < RECORDS && credits > 0 && !abandoning ->
       credits--;
       s = slot_of(fed);
       assert(state[s] == vacant);
       state[s] = queued;
       holds[s] = fed;
       fed++
     }
  :: emitted < fed &&
#ifdef BREAK_DRAIN_BEFORE_HEAD
     (state[0] == done || state[SLOTS - 1] == done) ->
     s = (state[0] == done -> 0 : SLOTS - 1);
#else
     state[slot_of(emitted)] == done ->
     s = slot_of(emitted);
#endif
     assert(holds[s] == emitted);
     k = winner[s];
     if
     :: result[s] == good ->
       assert(fit_to_emit(k));
       skip; /* Nobody changes it while it is read. */
       assert(fit_to_emit(k))
     :: else -> assert(k == NO)
     fi;
     outcomes[emitted]++;
     atomic {
       if
       :: k != NO -> let_go(k)
       :: else
       fi;
       state[s] = vacant;
       result[s] = none;
       winner[s] = NO;
       tries[s] = 0;
       hedges[s] = 0;
       in_progress[s] = 0;
       emitted++;
       k = 0;
#ifdef BREAK_CREDIT_TWICE
       credits++;
#endif
       credits++;
       assert(credits <= SLOTS)
     }
  :: emitted == fed && (fed == RECORDS || abandoning) -> break
  od;
  /* All that is left is late, or hangs. */
  permits == PERMITS && credits == SLOTS;
  atomic {
    for (k : 0 .. RECORDS - 1) { assert(outcomes[k] == (k < fed -> 1 : 0)) }
    k = 0
  }
}

/* The end of `drain`, or a second signal: once, at any time, or never. */
#ifdef ABANDON
active proctype Abandon() {
  byte k, s;
  if
  :: true -> goto end
  :: abandoning = true
  fi;
  do
  :: s < SLOTS ->
    atomic {
      if
      :: state[s] != vacant && state[s] != done -> decide(s, abandoned, NO)
#ifdef BREAK_ABANDON_IGNORES_DONE
      :: state[s] == done -> state[s] = running; decide(s, abandoned, NO)
#endif
      :: else
      fi;
      s++
    }
  :: else -> break
  od;
end:
  skip
}
#endif
