/* Order, credits and wake-ups: two regions, from the source to the sink.
 *
 * Tokens of region A are read when there is a credit, worked on by any worker, and put in order.
 * The output copies their records, one at a time, into the slots of region B's reorder buffer,
 * each for a record credit; without one it puts the token aside as data and is resumed by a
 * message. Events (timers, answers) finish the slots in any order. The drain pump makes tokens
 * of B from the slots that are done, from the head on, while there is a token credit; any worker
 * takes them through B's parallel node, they are put in order again, and the sink books them and
 * gives all credits back.
 *
 * Workers take whichever task there is and never wait inside one. What oneTBB promises is taken
 * for granted and is one step: a serial node runs one body at a time, a sequencer hands out the
 * next number. All else (a store, a look, a compare-and-swap, a fetch-and-add) is a step of its
 * own.
 *
 * Checked: no deadlock and no lost wake-up (the monitor's end is reached in every run), every
 * origin has exactly one outcome, in flight is bounded by the credits, the sink sees places in
 * order and nothing beyond the cut, all credits come back. Each macro named BREAK_... breaks
 * one rule, and check.py wants an error for each.
 */

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef TOKENS
#define TOKENS 3 /* Of region A. */
#endif
#ifndef RECORDS
#define RECORDS 2 /* Origins in each. */
#endif
#define ORIGINS (TOKENS * RECORDS)
#ifndef FAILURES
#define FAILURES 1
#endif
#define PLACES (ORIGINS + 1) /* One origin may have two children. */
#ifndef CREDITS_A
#define CREDITS_A 2 /* Tokens. */
#endif
#ifndef CREDITS_B
#define CREDITS_B 2 /* Records: slots. */
#endif
#ifndef WINDOW_B
#define WINDOW_B 2 /* Tokens. */
#endif
#define NONE 255

/* Region A. */
byte credits_a = CREDITS_A, read_a, worked_a, handed_a, copied_a;
byte in_flight_a;
bit arrived_a[TOKENS]; /* In the sequencer. */
byte kids[ORIGINS];    /* Records that the stages of A made of each origin. */
bool source_task = true, source_parked, source_ended;
byte sources_running;

/* The output of region A, and region B's slots. */
bool output_busy, output_resume, output_aside, output_waits;
byte credits_b = CREDITS_B, numbered_b, head_b, in_flight_b;
byte next_kid;
mtype = {free, waiting, answered, done};
mtype slot[CREDITS_B] = free;
byte slot_place[CREDITS_B];
bool drain_task, drain_parked = true;
byte drains_running;

/* Region B's tokens. */
byte tokens_b = WINDOW_B, made_b, worked_b, sunk_b;
bit arrived_b[PLACES];
byte token_place[PLACES];
bool sink_busy;
#ifdef BREAK_NO_SEQUENCER
byte unsorted[PLACES], arrivals;
#endif

/* Origins. */
byte refs[ORIGINS], outcomes[ORIGINS], booked;
byte cut = NONE, last_place = NONE, last_delivered = NONE;
bit failed[2 * ORIGINS]; /* Places. */

/* A place says the origin and which child it is. */
#define origin_of(place) ((place) / 2)

inline book(origin) {
  outcomes[origin]++;
  assert(outcomes[origin] == 1);
  booked++
}

inline let_go(origin) {
  atomic {
    refs[origin]--;
#ifdef BREAK_BOOK_EACH_CHILD
    book(origin)
#else
    if
    :: refs[origin] == 0 -> book(origin)
    :: else
    fi
#endif
  }
}

#include "order_bodies.pml"

active [WORKERS] proctype Worker() {
  bool got;
  byte n;
end:
  do
  :: atomic {
       source_task -> source_task = false;
       sources_running++;
       assert(sources_running == 1)
     }
     run_source();
     got = false
  :: atomic { worked_a < read_a -> n = worked_a; worked_a++ } /* The oldest in the inbox. */
     work_a(n);
     n = 0
  :: atomic {
       !output_busy && output_resume ->
       output_busy = true;
       output_resume = false;
       output_aside = false
     }
     copy_out();
     atomic { output_busy = false; n = 0; got = false }
  :: atomic {
       !output_busy && handed_a < TOKENS && arrived_a[handed_a] -> output_busy = true; handed_a++
     }
     if
     :: output_aside /* The token waits behind the one that was put aside. */
     :: else -> copy_out()
     fi;
     atomic { output_busy = false; n = 0; got = false }
  :: atomic {
       drain_task -> drain_task = false;
       drains_running++;
       assert(drains_running == 1)
     }
     run_drain();
     atomic { n = 0; got = false }
  :: atomic { worked_b < made_b -> n = worked_b; worked_b++ }
#ifdef BREAK_NO_SEQUENCER
     atomic { unsorted[arrivals] = token_place[n]; arrived_b[arrivals] = true; arrivals++; n = 0 }
#else
     atomic { arrived_b[n] = true; n = 0 }
#endif
  :: atomic { !sink_busy && sunk_b < PLACES && arrived_b[sunk_b] -> sink_busy = true }
     run_sink()
  od
}

/* Answers come in any order, and some fail. */
active proctype Events() {
  byte i, failures;
#ifdef BREAK_CUT_AFTER_DONE
  byte n = NONE;
#endif
end:
  do
  :: atomic {
       if
       :: slot[0] == waiting -> i = 0
       :: slot[1] == waiting -> i = 1
#if CREDITS_B > 2
       :: slot[2] == waiting -> i = 2
#endif
       fi;
       slot[i] = answered
     }
     if
     :: failures < FAILURES ->
       failures++;
#ifdef BREAK_CUT_AFTER_DONE
       failed[slot_place[i]] = true;
       n = origin_of(slot_place[i]);
#else
       atomic {
         failed[slot_place[i]] = true;
         cut = (origin_of(slot_place[i]) < cut -> origin_of(slot_place[i]) : cut)
       }
#endif
     :: true
     fi;
     slot[i] = done;
#ifdef BREAK_CUT_AFTER_DONE
     if
     :: n != NONE -> cut = (n < cut -> n : cut); n = NONE
     :: else
     fi;
#endif
     i = 0;
     wake_drain()
  od
}

active proctype Monitor() {
  byte o;
  source_ended && booked == read_a * RECORDS && in_flight_a == 0 && in_flight_b == 0 &&
      tokens_b == WINDOW_B && credits_a == CREDITS_A && credits_b == CREDITS_B && !sink_busy;
  atomic {
    for (o : 0 .. ORIGINS - 1) {
      assert(outcomes[o] == (o < read_a * RECORDS -> 1 : 0));
      assert(!(failed[2 * o] || failed[2 * o + 1]) || last_delivered == NONE || last_delivered <= o)
    }
    assert(made_b == numbered_b && sunk_b == made_b)
  }
}
