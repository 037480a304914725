"""What a scanner says of the relay's TLS (testssl.sh): 1.3 only, one cipher suite, nothing above LOW about the relay.

The whole output is kept beside the programs, in tests/testssl.txt and tests/testssl.json. The relay's certificate comes
from an authority made here, which the scanner is told to trust.
"""
import json
import os
import subprocess

from desk import own, scratch
from party import BUILD
from relay import Relay

# Findings above LOW that are not about the relay, each with its reason.
EXCUSED = {
    'engine_problem': 'about the OpenSSL that the scanner itself runs: no GOST engine',
    'cert_revocation': "about the test's own authority: it publishes no revocation list, and a relay cannot",
    'service': 'the scanner looks for HTTP; there is none',
}

# What is scanned, and a finding that shows that it was. Left out is what the scanner would do besides: what 35 known clients would
# agree on, in two fifths of its time, all of it of severity INFO and about them.
PARTS = {
    '--protocols': 'ALPN',
    '--standard': 'cipherlist_NULL',
    '--fs': 'PFS_ECDHE_curves',
    '--server-preference': 'cipher_negotiated',
    '--server-defaults': 'cert_chain_of_trust',
    '--vulnerable': 'LUCKY13',
    '--each-cipher': 'cipher_x1302',
}


def openssl(*args, **more):
    subprocess.run(['openssl', *args], check=True, stderr=subprocess.DEVNULL, **more)


def authority(folder):
    """(authority's certificate, relay's certificate, relay's key)"""
    at = lambda name: os.path.join(folder, name)  # noqa: E731
    curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    openssl('req', '-x509', *curve, '-days', '90', '-subj', '/CN=test authority', '-keyout', at('ca.key'), '-out', at('ca.pem'))
    openssl('req', *curve, '-subj', '/CN=localhost', '-keyout', at('relay.key'), '-out', at('relay.csr'))
    with open(at('ext'), 'w') as out:
        out.write('subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n')
    openssl('x509', '-req', '-in', at('relay.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial',
            '-days', '90', '-extfile', at('ext'), '-out', at('relay.pem'))
    os.chmod(at('relay.key'), 0o600)
    for name in ('relay.key', 'relay.pem'):
        own(at(name))
    return at('ca.pem'), at('relay.pem'), at('relay.key')


def test_scanner():
    """Property of transport hygiene (issue 3, item 6)."""
    folder = scratch('vts')
    os.chmod(folder, 0o755)
    ca, *files = authority(folder)
    kept = os.path.join(BUILD, 'tests')
    os.makedirs(kept, exist_ok=True)
    found = os.path.join(kept, 'testssl.json')
    if os.path.exists(found):
        os.unlink(found)
    with Relay(files=files) as relay, open(os.path.join(kept, 'testssl.txt'), 'w') as text:
        subprocess.run(['testssl', *PARTS, '--add-ca', ca, '--warnings', 'off', '--color', '0', '--quiet',
                        '--openssl-timeout', '5', '--jsonfile', found, 'localhost:%d' % relay.port],
                       stdin=subprocess.DEVNULL, stdout=text, stderr=subprocess.STDOUT, timeout=800)
    with open(found) as result:
        findings = {f['id']: f for f in json.load(result)}
    unseen = [part for part, seen in PARTS.items() if seen not in findings]
    assert not unseen, unseen
    offered = [i for i in ('SSLv2', 'SSLv3', 'TLS1', 'TLS1_1', 'TLS1_2') if findings[i]['finding'] != 'not offered']
    assert not offered, offered
    assert findings['TLS1_3']['finding'].startswith('offered')
    ciphers = [f['finding'] for i, f in findings.items() if i.startswith('cipher_x')]
    assert len(ciphers) == 1 and 'TLS_AES_256_GCM_SHA384' in ciphers[0], ciphers
    assert findings['sessionresumption_ticket']['finding'] == 'not supported'
    bad = ['%s %s %s' % (f['severity'], i, f['finding']) for i, f in findings.items()
           if f['severity'] not in ('OK', 'INFO', 'LOW') and i not in EXCUSED]
    assert not bad, bad
    # what is excused is there: the list shall not grow old
    assert findings['cert_revocation']['severity'] == 'HIGH'


test_scanner.limit = 900
