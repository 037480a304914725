/*
 * Every derivation of e2e.md 4 to 10 that is not part of a message of its own: one function per
 * line of the document. Pure; nothing here is kept.
 */
#ifndef NET_SEAL_DERIVE_H
#define NET_SEAL_DERIVE_H
#include "lib/span.h"
#include "net/seal/code.h"
#include <stdint.h>

#define IDENTITY_MAX 32 /* longest PSK identity */

/* Section 4. */
void derive_session_id(const uint8_t sid[SID_LEN], uint16_t suite,
                       const uint8_t sess_rand[RAND_LEN], const uint8_t org_pub[POINT_LEN],
                       uint8_t out[SESS_ID_LEN]);
void derive_fingerprint(const uint8_t org_pub[POINT_LEN], uint8_t out[FP_LEN]);

/* Section 5: salt of the stretch. */
void derive_salt(const uint8_t sess_id[SESS_ID_LEN], uint8_t pw_gen, uint8_t out[32]);

/* Section 6. The context of the PAKE; returns its length (at most PAKE_CONTEXT_MAX). */
struct derive_join {
    const uint8_t *sess_id;
    struct span m0;
    uint32_t handle;
    const uint8_t *rand_j, *rand_o;
};
size_t derive_join_context(const struct derive_join *j, uint8_t *out, size_t cap);
void derive_join_psk(const uint8_t shared[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                     uint32_t handle, uint8_t out[PSK_LEN]);
size_t derive_join_identity(uint32_t handle, uint8_t out[IDENTITY_MAX]);
/* Context of the exporter label "EXPORTER-e2e1-bind": sess_id || handle; returns its length. */
size_t derive_bind_context(const uint8_t sess_id[SESS_ID_LEN], uint32_t handle, uint8_t out[40]);

/* Section 7. */
void derive_commitment(const uint8_t nonce_j[32], uint8_t out[32]);
struct derive_sas {
    const uint8_t *bind, *nonce_j, *nonce_o, *sig_pub_j, *org_pub;
};
/* Eight bytes; the first four are word indexes. */
void derive_sas(const struct derive_sas *s, uint8_t out[8]);

/* Section 8. */
void derive_log_start(const uint8_t sess_id[SESS_ID_LEN], uint8_t out[32]);
void derive_commit(const uint8_t secret[SECRET_LEN], const uint8_t sess_id[SESS_ID_LEN],
                   uint32_t epoch, uint8_t out[32]);
void derive_wrap_root(const uint8_t shared[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                      uint32_t handle, uint8_t out[SHARED_LEN]);
void derive_wrap_root_resumed(const uint8_t rsec[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                              uint16_t mid, uint32_t count, uint8_t out[SHARED_LEN]);
/* Masks or unmasks an epoch secret (in may be out) and steps the ratchet: the old state is gone. */
void derive_wrap_step(uint8_t wrap[SHARED_LEN], uint32_t epoch, const uint8_t in[SECRET_LEN],
                      uint8_t out[SECRET_LEN]);

/* Section 9. */
void derive_frame_key(const uint8_t secret[SECRET_LEN], const uint8_t sess_id[SESS_ID_LEN],
                      uint64_t kid, uint8_t out[SECRET_LEN]);

/* Section 10. */
struct derive_pair {
    const uint8_t *secret, *sess_id, *grant_id;
    uint16_t mid_c, mid_p;
};
void derive_pair_psk(const struct derive_pair *p, uint8_t out[PSK_LEN]);
size_t derive_pair_identity(const uint8_t grant_id[GRANT_ID_LEN], uint8_t out[IDENTITY_MAX]);

/* Section 11. */
void derive_resume_secret(const uint8_t bind[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                          uint16_t mid, uint32_t count, uint8_t out[SHARED_LEN]);
void derive_resume_psk(const uint8_t rsec[SHARED_LEN], const uint8_t sess_id[SESS_ID_LEN],
                       uint16_t mid, uint32_t count, uint8_t out[PSK_LEN]);
size_t derive_resume_identity(uint16_t mid, uint32_t count, uint8_t out[IDENTITY_MAX]);

#endif
