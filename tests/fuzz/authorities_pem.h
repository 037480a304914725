/* Certificates for fuzz_authorities.c; their keys are nowhere any more. Authorities of ours: P-256
   and P-384; the others are of a kind that is none, or no authority. */
#ifndef TESTS_FUZZ_AUTHORITIES_PEM_H
#define TESTS_FUZZ_AUTHORITIES_PEM_H

static const char authority_p256[] =
#include "tests/fuzz/certificates_anchor.h"
    ;
static const char authority_p384[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB2zCCAWCgAwIBAgIUDLyaTdHMNlpx33tGwQIx4GAiivQwCgYIKoZIzj0EAwIw\n"
    "IzEQMA4GA1UECgwHRXhhbXBsZTEPMA0GA1UEAwwGU2Vjb25kMCAXDTI2MTEzMDIz\n"
    "NDkwM1oYDzIxMjYxMTA2MjM0OTAzWjAjMRAwDgYDVQQKDAdFeGFtcGxlMQ8wDQYD\n"
    "VQQDDAZTZWNvbmQwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAARbQIsFQc/AwCTtAs+y\n"
    "x2Qz9EAcuqSRh/3DM09LlYA/NxmjRNVsak5lpj9jGliadpiGZOcs58Ksp++w2+gY\n"
    "foVuYFSEKtg6lnGs8zGRYqAldj7blQWc1e58nO6WGncln9ejUzBRMB0GA1UdDgQW\n"
    "BBQVL1rDbs1hp0tCTXhSJGmgZeSj8jAfBgNVHSMEGDAWgBQVL1rDbs1hp0tCTXhS\n"
    "JGmgZeSj8jAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA2kAMGYCMQCTwEUC\n"
    "wTeskygGost3IeO68B8k7HwFm45411K5cBbhFvN593qYEeRg25cYTsOV+1wCMQDA\n"
    "VH00klfx/NVqqjaL0EBfoClLqnXUhG3j7fBEwd3Rkx3p/rPf+ut4G2elaaY6rZI=\n"
    "-----END CERTIFICATE-----\n";
static const char authority_rsa[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDIzCCAgugAwIBAgIUddG3ICm0HZDKKi2DM+vcqsCjQvIwDQYJKoZIhvcNAQEL\n"
    "BQAwIDEQMA4GA1UECgwHRXhhbXBsZTEMMAoGA1UEAwwDUlNBMCAXDTI2MTEzMDIz\n"
    "NDkwM1oYDzIxMjYxMTA2MjM0OTAzWjAgMRAwDgYDVQQKDAdFeGFtcGxlMQwwCgYD\n"
    "VQQDDANSU0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCT95v91dFy\n"
    "BWsJJ0WJf/ab+wgcPkwpSuciO1aZ0tT3TEOs9V4WliKt1DkEMDMX7CidQc9PiqvP\n"
    "dbiUBIQ23AuCoJOxYr4lJkB4WCpxrCfB9OidglFPPqDYHmL+mVU+HhdmO/ksHxNY\n"
    "mh5DZM7++RtLw+r1adGCiapIAt8ue8y+BhASmId/UWOISEy+ldZ+OHgwKOob/miz\n"
    "ZfhyjF1EIAdtXvEnQ47xrRwdP7qdIQfWk5OgCp0h79fiuitWx684CoyXh9x15i5+\n"
    "5pXJ2cLysxGcnN4QvN8mZ5jqBQTVi3UhrycKxj2xlS0pIN4T9TpEr8AhTgYdbpNm\n"
    "bYapf2vP0GE5AgMBAAGjUzBRMB0GA1UdDgQWBBQH/L/afXwTGb9sSAu61vub2npB\n"
    "tTAfBgNVHSMEGDAWgBQH/L/afXwTGb9sSAu61vub2npBtTAPBgNVHRMBAf8EBTAD\n"
    "AQH/MA0GCSqGSIb3DQEBCwUAA4IBAQA2rsHyWv3jPVy6zSaLdfF2l/qsrU5coad1\n"
    "jqo/1CcuyD5kgGvpq68wdI3+X4aqwg8ZlAU8GO5hhw/5XAxYdX8nMuEZAcvEwUQV\n"
    "j5IT+OmenRQsYwo2Ek37UnFQCxeknWFywBceCGj2tTHSNis/1FqF7KAhM1owkc3S\n"
    "4qaCASb0WUvunm8C4se3vaxPV0pl9jl8wQFYWm19fVqKFSTqV+1qOpZFT8pkzNy4\n"
    "g7jq0ew8OA4FK2YZ95BpLsSS8ahdd0v7ie04UqMEU8FxU+DSelDyzHRTp388Rbd6\n"
    "riPizVyG9ps40Eh4FppM/BV9jdSIKV5Jw89wRng8sknMW5xWsWCQ\n"
    "-----END CERTIFICATE-----\n";
static const char helper_p256[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBpzCCAS6gAwIBAgIUbP+czG5wLc1mFs+n7V8E9kq0a9QwCgYIKoZIzj0EAwIw\n"
    "IzEQMA4GA1UECgwHRXhhbXBsZTEPMA0GA1UEAwwGU2Vjb25kMCAXDTI2MTEzMDIz\n"
    "NDkwM1oYDzIxMjYxMTA2MjM0OTAzWjARMQ8wDQYDVQQDDAZIZWxwZXIwWTATBgcq\n"
    "hkjOPQIBBggqhkjOPQMBBwNCAARORHT7dQxsYs5YCgFf8f7mZ1xrtg0HpwcD8YnM\n"
    "55I7Sq1R9D5GGFHsEouOV9g08r6Vmilh2FxplKqVeDcESO8Ro1AwTjAMBgNVHRMB\n"
    "Af8EAjAAMB0GA1UdDgQWBBTllzsKROzZinimcoz4F9svU6TG7TAfBgNVHSMEGDAW\n"
    "gBQVL1rDbs1hp0tCTXhSJGmgZeSj8jAKBggqhkjOPQQDAgNnADBkAjAA9YGBLCho\n"
    "q4CCI2LqB95Bk88LHIVc4F9R11beaorlKV8491W7Q+d0h9ZCCVk2+YoCMHIQWCFi\n"
    "3cjC++f8Bl7gX99C8+gJ7bTnGXnrJGpTxPV6jlWTE7wa6xMTtsj4nbjcTg==\n"
    "-----END CERTIFICATE-----\n";
static const char authority_ed25519[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBMDCB46ADAgECAhQyACANkCZq22MWBM/FL+ObROQvVjAFBgMrZXAwDTELMAkG\n"
    "A1UEAwwCRWQwIBcNMjYxMTMwMjM0OTAzWhgPMjEyNjExMDYyMzQ5MDNaMA0xCzAJ\n"
    "BgNVBAMMAkVkMCowBQYDK2VwAyEAsicafcEi8RoTTranFMwdNyqm/8ac94GRLKcM\n"
    "Fr7ewvCjUzBRMB0GA1UdDgQWBBTqzqWqft9tqFfTmRU4NFS4DZyluDAfBgNVHSME\n"
    "GDAWgBTqzqWqft9tqFfTmRU4NFS4DZyluDAPBgNVHRMBAf8EBTADAQH/MAUGAytl\n"
    "cANBAAYP67o8kWVygLOd9HjBFCqDaLhsGgLaoxMv42ihviCmBsjureWGuxlvwZGS\n"
    "VKUAlmPyw0z1DVY7R8CxRTFwywE=\n"
    "-----END CERTIFICATE-----\n";
static const char authority_p521[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB9zCCAVigAwIBAgIUY8gfFgEYxYeULtCvOF2LktT41sgwCgYIKoZIzj0EAwIw\n"
    "DDEKMAgGA1UEAwwBUDAgFw0yNjExMzAyMzQ5MDNaGA8yMTI2MTEwNjIzNDkwM1ow\n"
    "DDEKMAgGA1UEAwwBUDCBmzAQBgcqhkjOPQIBBgUrgQQAIwOBhgAEAZOgSTaX1gwV\n"
    "8v2p/HHzeDGHn5C5Rf5bTy99bi6cBXu8GWT6suyj7WfNT1qsTUvOe2TzH/doQwpy\n"
    "SRZw9To4bjZtAHyl0lIrdgDCGfCwxm2uiEAAxcBoRUVGMe6oOIKET67PQy2CB4MY\n"
    "R7RpAk7qjmq7L6nzARck6cQXfyg4ImlhaOuVo1MwUTAdBgNVHQ4EFgQUlTgrtsUj\n"
    "XzG7fcCgyVp1R4qsJBIwHwYDVR0jBBgwFoAUlTgrtsUjXzG7fcCgyVp1R4qsJBIw\n"
    "DwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgOBjAAwgYgCQgFD5ZdtD1HfR3H8\n"
    "+Z7NFn5TUW6mHcUC28WE8yVGIwDUT65lajerSRpa8bJdGnuut61ITg8a/SeM07Hm\n"
    "yLGiTu0bYQJCASs6b/NbWxRIDYuxrefqe2br5uNRw7GaMld6X3KScmXlhvSwigI+\n"
    "He+71wRMh1mcxrm/VXr1lOdK/8FAkh97UeVc\n"
    "-----END CERTIFICATE-----\n";

#endif
