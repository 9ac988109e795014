/* What happens to attempts.pml's slots, each in one step: under the stage's lock. */

#define slot_of(record) ((record) % SLOTS)
#define is_free(a) (refs[a] == 0)

inline let_go(a) {
  refs[a]--;
  if
  :: refs[a] == 0 -> whole[a] = 0; is_good[a] = 0; copy_of[a] = 0; flag[a] = detached
  :: else
  fi
}

inline give_permit() {
  permits++;
  assert(permits <= PERMITS)
}

/* The outcome of the slot is known: detaches all that still runs for it. The winner's copy stays. */
inline decide(s, what, by) {
  assert(state[s] != done && state[s] != vacant);
  state[s] = done;
  result[s] = what;
  winner[s] = by;
#ifndef BREAK_LOSERS_NOT_DETACHED
  for (k : 0 .. COPIES - 1) {
    if
    :: !is_free(k) && flag[k] == open && copy_of[k] == holds[s] ->
      flag[k] = detached;
      give_permit();
#ifdef BREAK_REUSE_WHEN_DETACHED
      refs[k] = 1; /* As if nobody else had the copy. */
#endif
      let_go(k)
    :: else
    fi
  }
  k = 0
#endif
}

#ifdef BREAK_NO_GENERATION
#define alive(record) (state[slot_of(record)] == running || state[slot_of(record)] == backoff)
#else
#define alive(record) \
  (holds[slot_of(record)] == record && \
   (state[slot_of(record)] == running || state[slot_of(record)] == backoff || \
    (state[slot_of(record)] == queued && tries[slot_of(record)] > 0)))
#endif

/* An attempt of this record came to nothing. */
inline one_failed(s) {
  in_progress[s]--;
  if
  :: in_progress[s] > 0 /* The other attempt may still win. */
  :: in_progress[s] == 0 && tries[s] < TRIES -> state[s] = backoff
  :: in_progress[s] == 0 && tries[s] == TRIES -> decide(s, failed, NO)
  fi
}

/* Late writers may hold copies: an attempt begins when one is free. */
#define free_copy (is_free(0) || is_free(1) || is_free(2) || (COPIES > 3 && is_free(3 % COPIES)))

inline start(s) {
  do
  :: !is_free(a) -> a++
  :: else -> break
  od;
  permits--;
  flag[a] = open;
  copy_of[a] = holds[s];
  refs[a] = 2;
  handed[a] = 1;
  in_progress[s]++;
  a = 0
}

#define is_handed(a) (handed[a])
#define is_open(a) (flag[a] == open)
