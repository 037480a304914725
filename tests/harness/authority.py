"""Certificates as an organisation would issue them, by openssl(1)."""
import os
import shutil
import subprocess

from desk import own


class Authority:
    def __init__(self, desk, name, key=('EC', 'ec_paramgen_curve:P-256')):
        self.dir = os.path.join(desk.dir, 'ca-' + name)
        os.makedirs(self.dir)
        self.cert = self._path('root.pem')
        self.key = self._path('root.key')
        self._key('root.key', *key)
        self._run('req', '-x509', '-new', '-key', self._path('root.key'), '-subj', '/O=Example/CN=' + name, '-days', '30',
                  '-addext', 'keyUsage=critical,keyCertSign', '-out', self.cert)
        for path in self.dir, self.cert, self.key:
            own(path)

    def _path(self, name):
        return os.path.join(self.dir, name)

    def _run(self, *args):
        subprocess.run(['openssl', *args], check=True, capture_output=True)

    def _key(self, name, algorithm='EC', option='ec_paramgen_curve:P-256'):
        self._run('genpkey', '-algorithm', algorithm, '-pkeyopt', option, '-out', self._path(name))

    def give(self, desk, name, days='30'):
        """That desk's user is, from now on, who this authority says."""
        self._key('helper.key')
        self._run('req', '-new', '-key', self._path('helper.key'), '-subj', '/O=Example/CN=' + name, '-out', self._path('csr'))
        with open(self._path('ext'), 'w') as out:
            out.write('basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n')
        self._run('x509', '-req', '-in', self._path('csr'), '-CA', self.cert, '-CAkey', self._path('root.key'), '-days', days,
                  '-extfile', self._path('ext'), '-CAcreateserial', '-out', self._path('helper.pem'))
        path = os.path.join(desk.env['XDG_CONFIG_HOME'], 'vitrine', 'identity.pem')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as out:
            for part in ('helper.key', 'helper.pem'):
                with open(self._path(part), 'rb') as text:
                    shutil.copyfileobj(text, out)
        os.chmod(path, 0o600)
        for made in (os.path.dirname(os.path.dirname(path)), os.path.dirname(path), path):
            own(made)

    def installed(self, name='helpers.pem'):
        """Lines of sh that put its certificate into /etc/vitrine."""
        return ['cp %s %s; chmod 644 %s' % (self.cert, name, name)]
