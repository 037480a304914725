/*
 * e2e.md 13, row by row: what a patched peer or relay sends, the code that follows, and what the
 * person at the other end reads. tests/unit/seal/test_failures.c and test_failures_identity.c send
 * it and see the code; tests/unit/vitrine/test_failures.c takes the code and sees the window.
 *
 *   FAILURE(function, what is sent, code, admitted, fault that the window names)
 *
 *   IDENTITY_FAILURES(function, what is shown, whose it is, fault that the window names)
 *
 * whose: enum end_why; the code is E_IDENTITY, and nobody is in yet.
 * admitted: the victim was in the session; then "" is the ended window that says "cut", with the
 * code in its details. KEEPS: nobody's session ends; the code is told otherwise.
 */
#ifndef TESTS_UNIT_FAILURES_H
#define TESTS_UNIT_FAILURES_H

#define KEEPS "-"

#define FAILURES(FAILURE)                                                                          \
    FAILURE(m2_too_long, "M2 with a byte more", E_PARSE, 0, "R-NET")                               \
    FAILURE(m2_too_short, "M2 with a byte less", E_PARSE, 0, "R-NET")                              \
    FAILURE(m0_reserved, "M0 with a reserved flag", E_PARSE, 0, "R-NET")                           \
    FAILURE(unknown_type, "a message of no type", E_PARSE, 0, "R-NET")                             \
    FAILURE(inner_unknown_type, "a message of no type inside the channel", E_STATE, 1, "")         \
    FAILURE(m0_version, "M0 of version 2", E_VERSION, 0, "V-OLD")                                  \
    FAILURE(m0_suite, "M0 of suite 2", E_SUITE, 0, "V-OLD")                                        \
    FAILURE(m2_version, "M2 of version 2", E_VERSION, 0, "V-OLD")                                  \
    FAILURE(fp_of_another, "M0 with another key than the link's", E_IDENTITY, 0, "J-ID")           \
    FAILURE(share_off_curve, "a share that is no point", E_POINT, 0, "R-NET")                      \
    FAILURE(share_compressed, "a share in another form", E_POINT, 0, "R-NET")                      \
    FAILURE(share_of_nothing, "a share that is infinity once unmasked", E_POINT, 0, "R-NET")       \
    FAILURE(confirm_wrong, "confirmV with one bit turned", E_AUTH, 0, "J-PASS")                    \
    FAILURE(password_wrong, "a wrong password", E_AUTH, 0, "J-PASS")                               \
    FAILURE(waited_too_long, "M1 while no guess is free, for 30 s", E_BUSY, 0, "J-WAIT")           \
    FAILURE(too_many_wrong, "M1 after 50 wrong tries", E_LIMIT, 0, "J-STOP")                       \
    FAILURE(session_locked, "M1 to a locked session", E_LOCKED, 0, "J-LOCK")                       \
    FAILURE(channel_flipped, "a TLS record with one bit turned, on the way in", E_CHANNEL, 0,      \
            "R-NET")                                                                               \
    FAILURE(record_flipped, "the same, of a member", E_CHANNEL, 1, "")                             \
    FAILURE(out_of_state, "SNAPSHOT a second time", E_STATE, 1, "")                                \
    FAILURE(wrong_direction, "PING to a member", E_STATE, 1, "")                                   \
    FAILURE(opop_wrong, "WELCOME signed by another key", E_CONTROL, 0, "R-NET")                    \
    FAILURE(record_signed_wrong, "EPOCH signed by another key", E_CONTROL, 1, "")                  \
    FAILURE(end_signed_wrong, "END signed by another key", E_CONTROL, 1, "")                       \
    FAILURE(epoch_never_known, "units of an epoch that the organizer has not made", E_EPOCH, 1,    \
            "")                                                                                    \
    FAILURE(unit_flipped, "a screen unit with one bit turned", E_FRAME, 1, "")                     \
    FAILURE(unit_padded_wrong, "a screen unit whose padding is not zero", E_FRAME, 1, "")          \
    FAILURE(unit_forged, "a screen unit sealed by a member", E_FORGED, 1, "")                      \
    FAILURE(chat_forged, "a line in somebody else's name", E_FORGED, 1, KEEPS)                     \
    FAILURE(unit_repeated, "a screen unit a second time", E_REPLAY, 1, "")                         \
    FAILURE(unit_missing, "a screen unit lost, and no KEY unit for 21 s", E_GAP, 1, "")            \
    FAILURE(chat_repeated, "a line a second time", E_REPLAY, 1, KEEPS)                             \
    FAILURE(input_out_of_order, "INPUT with another number than the next", E_GRANT, 1, KEEPS)      \
    FAILURE(input_beyond_caps, "INPUT beyond what was granted", E_GRANT, 1, KEEPS)                 \
    FAILURE(line_gone, "nothing any more, without END", E_CUT, 1, "")

#define IDENTITY_FAILURES(FAILURE)                                                                 \
    FAILURE(ours_missing, "no identity, where the session requires one", END_WHY_OURS, "J-WHO")    \
    FAILURE(ours_not_good, "a certificate of no authority of theirs", END_WHY_OURS, "J-WHO")       \
    FAILURE(ours_not_its_own, "somebody else's certificate", END_WHY_OURS, "J-WHO")                \
    FAILURE(ours_changed, "another key, and the organizer says no", END_WHY_OURS, "J-WHO")         \
    FAILURE(theirs_missing, "no identity, where our rules require one", END_WHY_THEIRS, "J-KEY")   \
    FAILURE(theirs_not_good, "a certificate of no authority of ours", END_WHY_THEIRS, "J-KEY")     \
    FAILURE(theirs_not_its_own, "somebody else's certificate", END_WHY_THEIRS, "J-KEY")            \
    FAILURE(theirs_changed, "another key, and our user says no", END_WHY_THEIRS, "J-KEY")

#endif
