// OpenPGP.js as a command: openpgp-js.mjs MODULE COMMAND <input >output
// generate-key TYPE | extract-cert | decrypt KEYFILE | decrypt-files KEYFILE FILE... (each into FILE.out)
import { readFileSync, writeFileSync } from 'node:fs';

const [modulePath, command, argument, ...files] = process.argv.slice(2);
const openpgp = await import(modulePath);

const input = () => readFileSync(0);
const isArmor = (octets) => octets[0] === 0x2d;
const readKey = (octets) => openpgp.readPrivateKey(
  isArmor(octets) ? { armoredKey: octets.toString() } : { binaryKey: octets });

async function decrypt(octets, keyFile) {
  const message = await openpgp.readMessage(
    isArmor(octets) ? { armoredMessage: octets.toString() } : { binaryMessage: octets });
  const { data } = await openpgp.decrypt({ message, decryptionKeys: await readKey(readFileSync(keyFile)), format: 'binary' });
  return data;
}

switch (command) {
  case 'generate-key': {
    const { privateKey } = await openpgp.generateKey({
      type: argument, userIDs: [{ email: 'bob@example.org' }], format: 'armored', config: { v6Keys: true, aeadProtect: true },
    });
    writeFileSync(1, privateKey);
    break;
  }
  case 'extract-cert':
    writeFileSync(1, (await readKey(input())).toPublic().armor());
    break;
  case 'decrypt':
    writeFileSync(1, await decrypt(input(), argument));
    break;
  case 'decrypt-files':
    for (const file of files) {
      writeFileSync(`${file}.out`, await decrypt(readFileSync(file), argument));
    }
    break;
  default:
    process.exitCode = 2;
}
