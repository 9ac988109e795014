/* What order.pml's nodes do, from the source to the sink. */

/* Compare-and-swap from parked, and the task or message that it makes. */
inline wake_source() {
#ifdef BREAK_WAKE_WITHOUT_SWAP
  if
  :: source_parked -> source_parked = false; source_task = true
  :: else
  fi
#else
  atomic {
    if
    :: source_parked -> source_parked = false; source_task = true
    :: else
    fi
  }
#endif
}
inline wake_drain() {
  atomic {
    if
    :: drain_parked -> drain_parked = false; drain_task = true
    :: else
    fi
  }
}
inline resume_output() {
  atomic {
    if
    :: output_waits -> output_waits = false; output_resume = true
    :: else
    fi
  }
}

inline take(credits) {
  atomic {
    if
    :: credits > 0 -> credits--; got = true
    :: else -> got = false
    fi
  }
}

inline run_source() {
  do
  :: atomic { read_a == TOKENS || cut != NONE -> source_ended = true; sources_running--; break }
  :: else ->
    take(credits_a);
    if
    :: got ->
      atomic {
        in_flight_a++;
        assert(in_flight_a <= CREDITS_A);
        read_a++
      }
    :: else ->
      atomic { source_parked = true; sources_running-- }
#ifdef BREAK_NO_SECOND_LOOK
      break
#else
      if
      :: credits_a > 0
      :: else -> break
      fi;
#ifdef BREAK_WAKE_WITHOUT_SWAP
      source_parked = false; sources_running++
#else
      atomic {
        if
        :: source_parked -> source_parked = false; sources_running++
        :: else -> break
        fi
      }
#endif
#endif
    fi
  od
}

/* What A's stages do with a token: the first origin may have no, one or two children, the fourth
 * none or one. */
inline work_a(token) {
  atomic {
    byte o;
    for (o : token * RECORDS .. token * RECORDS + RECORDS - 1) {
      kids[o] = 1;
      if
      :: o == 0 || o == 3 -> kids[o] = 0
      :: o == 0 -> kids[o] = 2
      :: true
      fi;
      refs[o] = kids[o]
    }
    o = 0;
#ifdef BREAK_EMPTY_TOKEN_VANISHES
    if
    :: kids[token * RECORDS] == 0 && kids[token * RECORDS + 1] == 0
    :: else -> arrived_a[token] = true
    fi
#else
    arrived_a[token] = true
#endif
  }
}

inline end_token_a() {
  copied_a++;
  next_kid = 0;
#ifdef BREAK_WAKE_BEFORE_STORE
  wake_source();
  atomic { in_flight_a--; credits_a++ }
#else
  atomic { in_flight_a--; credits_a++ }
  wake_source()
#endif
}

/* Copies out what it may of the tokens that were handed to it. next_kid counts through the token's
 * records: place = origin * 2 + child. */
inline copy_out() {
  do
  :: copied_a == handed_a -> break
  :: copied_a < handed_a && next_kid == 2 * RECORDS -> end_token_a()
  :: copied_a < handed_a && next_kid < 2 * RECORDS ->
    n = copied_a * 2 * RECORDS + next_kid;
    if
    :: n % 2 >= kids[origin_of(n)] ->
      atomic {
        if
        :: kids[origin_of(n)] == 0 && n % 2 == 0 -> book(origin_of(n))
        :: else
        fi;
        next_kid++
      }
    :: else ->
#ifdef BREAK_BODY_WAITS
      atomic { credits_b > 0 -> credits_b--; got = true }
#else
      take(credits_b);
#endif
      if
      :: got ->
        atomic {
          in_flight_b++;
          assert(in_flight_b <= CREDITS_B);
          assert(slot[numbered_b % CREDITS_B] == free);
          slot_place[numbered_b % CREDITS_B] = n;
          slot[numbered_b % CREDITS_B] = waiting;
          numbered_b++;
          next_kid++
        }
      :: else ->
        output_aside = true;
        output_waits = true;
#ifdef BREAK_OUTPUT_NO_SECOND_LOOK
        break
#else
        if
        :: credits_b > 0
        :: else -> break
        fi;
        atomic {
          if
          :: output_waits -> output_waits = false; output_aside = false
          :: else -> break
          fi
        }
#endif
      fi
    fi
  od
}

#ifdef BREAK_DRAIN_BEFORE_HEAD
#define head_done (slot[0] == done || slot[CREDITS_B - 1] == done)
#else
#define head_done (slot[head_b % CREDITS_B] == done)
#endif

inline run_drain() {
  do
  :: true ->
    got = false;
    if
    :: head_done -> take(tokens_b)
    :: else
    fi;
    if
    :: got ->
      atomic {
        n = head_b % CREDITS_B;
#ifdef BREAK_DRAIN_BEFORE_HEAD
        if
        :: slot[0] == done -> n = 0
        :: slot[CREDITS_B - 1] == done -> n = CREDITS_B - 1
        fi;
#endif
        token_place[made_b] = slot_place[n];
        slot[n] = free;
        head_b++;
        made_b++
      }
#ifdef BREAK_CREDIT_WHEN_DRAINED
      credits_b++;
      resume_output()
#endif
    :: else ->
      atomic { drain_parked = true; drains_running-- }
#ifdef BREAK_DRAIN_NO_SECOND_LOOK
      break
#else
      if
      :: head_done && tokens_b > 0
      :: else -> break
      fi;
      atomic {
        if
        :: drain_parked -> drain_parked = false; drains_running++
        :: else -> break
        fi
      }
#endif
    fi
  od
}

inline run_sink() {
#ifdef BREAK_NO_SEQUENCER
  n = unsorted[sunk_b];
#else
  n = token_place[sunk_b];
#endif
  assert(last_place == NONE || n > last_place);
  last_place = n;
#ifdef BREAK_NO_CUT
  if
  :: !failed[n] ->
#else
  if
  :: origin_of(n) < cut ->
#endif
    assert(!failed[n] && origin_of(n) <= cut);
    last_delivered = origin_of(n)
  :: else
  fi;
  let_go(origin_of(n));
#if defined(BREAK_CREDIT_WHEN_DRAINED)
  in_flight_b--;
#elif defined(BREAK_WAKE_BEFORE_STORE)
  resume_output();
  atomic { in_flight_b--; credits_b++ }
#else
  atomic { in_flight_b--; credits_b++ }
#ifdef BREAK_CREDIT_TWICE
  if
  :: n == 2 -> credits_b++
  :: else
  fi;
#endif
  assert(credits_b <= CREDITS_B);
  resume_output();
#endif
  tokens_b++;
  wake_drain();
  atomic { sunk_b++; sink_busy = false; n = 0 }
}
