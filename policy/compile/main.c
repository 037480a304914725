/*
 * policy-compile POLICYDIR OUTDIR HASH: turns the rules of policy/ into C at build time. Nothing of
 * it is part of an installed program. Any error in a rule file ends the build with file and line.
 */
#include "policy/compile/rules.h"
#include <stdio.h>

int main(int argc, char **argv)
{
    static struct rules rules;
    if (argc != 4) {
        fprintf(stderr, "usage: policy-compile POLICYDIR OUTDIR HASH\n");
        return 2;
    }
    const char *policy = argv[1], *out = argv[2];
    rules.hash = argv[3];
    limits_parse(&rules, policy);
    roles_parse(&rules, policy);
    audit_parse(&rules, policy);
    messages_parse(&rules, policy);
    messages_emit(&rules, out);
    seccomp_compile(&rules, policy, out);
    x11_compile(&rules, policy, out);
    tables_emit(&rules, out);
    return 0;
}
