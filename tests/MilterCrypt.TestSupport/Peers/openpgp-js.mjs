// OpenPGP.js as a service: openpgp-js.mjs MODULE. Each line of input is a request in JSON; each is answered with a line:
// {} or {"error": ...}. Octets are in files, which requests name.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const openpgp = await import(process.argv[2]);
const { aead, compression, s2k } = openpgp.enums;

const isArmor = (octets) => octets[0] === 0x2d;
const readKey = (file) => {
  const octets = readFileSync(file);
  return openpgp.readPrivateKey(isArmor(octets) ? { armoredKey: octets.toString() } : { binaryKey: octets });
};
const readMessage = (file) => {
  const octets = readFileSync(file);
  return openpgp.readMessage(isArmor(octets) ? { armoredMessage: octets.toString() } : { binaryMessage: octets });
};

// Old keys prefer what old programs read.
const kinds = {
  Rsa: { type: 'rsa', rsaBits: 3072 },
  Cv25519: { type: 'ecc', curve: 'curve25519Legacy' },
  NistP256: { type: 'ecc', curve: 'nistP256' },
  NistP384: { type: 'ecc', curve: 'nistP384' },
  NistP521: { type: 'ecc', curve: 'nistP521' },
  V4Curve25519: { type: 'curve25519', config: { aeadProtect: true } },
  V6Curve25519: { type: 'curve25519', config: { v6Keys: true, aeadProtect: true } },
  V6Curve448: { type: 'curve448', config: { v6Keys: true, aeadProtect: true } },
  V6Rsa: { type: 'rsa', rsaBits: 3072, config: { v6Keys: true, aeadProtect: true } },
  V6NistP256: { type: 'ecc', curve: 'nistP256', config: { v6Keys: true, aeadProtect: true } },
};

const forms = {
  Anonymous: { wildcard: true },
  Binary: { format: 'binary' },
  Seipd2Ocb: { config: { preferredAEADAlgorithm: aead.ocb } },
  Seipd2Eax: { config: { preferredAEADAlgorithm: aead.eax } },
  Seipd2Gcm: { config: { preferredAEADAlgorithm: aead.gcm } },
  Zip: { config: { preferredCompressionAlgorithm: compression.zip } },
  Zlib: { config: { preferredCompressionAlgorithm: compression.zlib } },
  PassphraseSeipd2: { config: { aeadProtect: true } },
  PassphraseArgon2: { config: { aeadProtect: true, s2kType: s2k.argon2 } },
};

const locks = {
  Cfb: { aeadProtect: false },
  Aead: { aeadProtect: true },
  AeadArgon2: { aeadProtect: true, s2kType: s2k.argon2 },
};

const commands = {
  async makeKey({ kind, key, certificate }) {
    const made = await openpgp.generateKey({ ...kinds[kind], userIDs: [{ name: 'Bob', email: 'bob@example.org' }] });
    writeFileSync(key, made.privateKey);
    writeFileSync(certificate, made.publicKey);
  },

  async lockKey({ key, passphrase, form, output }) {
    const locked = await openpgp.encryptKey({ privateKey: await readKey(key), passphrase, config: locks[form] });
    writeFileSync(output, locked.armor());
  },

  async unlockKey({ key, passphrase, output }) {
    const unlocked = await openpgp.decryptKey({ privateKey: await readKey(key), passphrase });
    writeFileSync(output, unlocked.armor());
  },

  async extractCertificate({ key, certificate }) {
    writeFileSync(certificate, (await readKey(key)).toPublic().armor());
  },

  async encrypt({ key, passphrase, sign, data, form, output }) {
    const owner = key && await readKey(key);
    const message = await openpgp.createMessage({ binary: readFileSync(data) });
    const recipients = passphrase ? { passwords: passphrase } : { encryptionKeys: owner.toPublic() };
    const signer = sign ? { signingKeys: owner } : {};
    writeFileSync(output, await openpgp.encrypt({ message, ...recipients, ...signer, ...forms[form] }));
  },

  async decrypt({ key, passphrase, signed, data, output }) {
    const owner = key && await readKey(key);
    const opener = passphrase ? { passwords: passphrase } : { decryptionKeys: owner };
    const signer = signed ? { verificationKeys: owner.toPublic(), expectSigned: true } : {};
    const opened = await openpgp.decrypt({ message: await readMessage(data), ...opener, ...signer, format: 'binary' });
    writeFileSync(output, opened.data);
  },

  async sign({ key, data, form, output }) {
    const octets = readFileSync(data);
    const message = form === 'Cleartext'
      ? await openpgp.createCleartextMessage({ text: octets.toString() })
      : await openpgp.createMessage(form === 'DetachedText' ? { text: octets.toString() } : { binary: octets });
    const detached = form.startsWith('Detached');
    writeFileSync(output, await openpgp.sign({ message, signingKeys: await readKey(key), detached }));
  },

  async verify({ key, data, signature, form, output }) {
    const verificationKeys = (await readKey(key)).toPublic();
    if (form === 'Cleartext') {
      const message = await openpgp.readCleartextMessage({ cleartextMessage: readFileSync(signature).toString() });
      writeFileSync(output, (await openpgp.verify({ message, verificationKeys, expectSigned: true })).data);
    } else if (form === 'Inline') {
      const message = await readMessage(signature);
      writeFileSync(output, (await openpgp.verify({ message, verificationKeys, expectSigned: true, format: 'binary' })).data);
    } else {
      const octets = readFileSync(data);
      const message = await openpgp.createMessage(form === 'DetachedText' ? { text: octets.toString() } : { binary: octets });
      const made = readFileSync(signature);
      const detached = await openpgp.readSignature(isArmor(made) ? { armoredSignature: made.toString() } : { binarySignature: made });
      await openpgp.verify({ message, signature: detached, verificationKeys, expectSigned: true });
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    await commands[request.command](request);
    console.log('{}');
  } catch (problem) {
    console.log(JSON.stringify({ error: problem.message }));
  }
}
