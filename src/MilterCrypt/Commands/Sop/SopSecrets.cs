using System.Security.Cryptography;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>Secret keys, unlocked as far as the passwords at hand do it. Disposal clears them.</summary>
internal sealed class SopSecrets : IDisposable
{
    private readonly List<SecretCertificate> all = [];
    private readonly Dictionary<SecretCertificate, ReadOnlyMemory<byte>> passwords = [];

    private SopSecrets()
    {
    }

    /// <summary>In the order of the command line.</summary>
    public IReadOnlyList<SecretCertificate> All => all;

    /// <summary>Those that can be unlocked or need not be.</summary>
    public IReadOnlyList<SecretKey> DecryptionKeys => [.. all.SelectMany(static secret => secret.DecryptionKeys)];

    /// <summary>All secret keys of all inputs.</summary>
    /// <param name="names">The inputs.</param>
    /// <param name="passwords">Tried on each that is locked.</param>
    /// <exception cref="CommandException">One can't be read, or holds something else.</exception>
    public static SopSecrets Read(IEnumerable<string> names, SopPasswords passwords)
    {
        var secrets = new SopSecrets();
        bool isWhole = false;
        try
        {
            foreach (string name in names)
            {
                using var input = SopInput.Read(name, SopInput.MaxKeys);
                secrets.Add(input, PrintableText.Of(name));
            }

            foreach (var secret in secrets.all)
                secrets.Unlock(secret, passwords);
            isWhole = true;
            return secrets;
        }
        finally
        {
            if (!isWhole)
                secrets.Dispose();
        }
    }

    /// <summary>All secret keys of standard input.</summary>
    /// <param name="passwords">Tried on each that is locked; null where they may stay so.</param>
    /// <exception cref="CommandException">It holds something else.</exception>
    public static SopSecrets ReadStandardInput(SopPasswords? passwords = null)
    {
        using var input = SopInput.ReadStandardInput(SopInput.MaxKeys);
        var secrets = new SopSecrets();
        secrets.Add(input, "standard input");
        foreach (var secret in passwords is null ? [] : secrets.all)
            secrets.Unlock(secret, passwords!);
        return secrets;
    }

    /// <summary>Writes secret keys to standard output, in one block, each as locked as it is to be.</summary>
    public static async Task WriteAsync(IEnumerable<SecretCertificate> secrets, bool isBinary, CancellationToken cancellationToken)
    {
        byte[][] all = [.. secrets.Select(static secret => secret.ToArray())];
        byte[] octets = GC.AllocateUninitializedArray<byte>(all.Sum(static one => one.Length), pinned: true);
        try
        {
            int length = 0;
            foreach (byte[] one in all)
            {
                one.CopyTo(octets, length);
                length += one.Length;
                CryptographicOperations.ZeroMemory(one);
            }

            await SopArmor.WriteAsync(octets, isBinary ? null : "PGP PRIVATE KEY BLOCK", cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    /// <summary>What changes a certificate, or certifies others.</summary>
    /// <param name="secret">Its secret keys.</param>
    /// <exception cref="CommandException">It is locked, or can't.</exception>
    public static CertificateEditor Editor(SecretCertificate secret)
    {
        if (CertificateEditor.Open(secret, new ChangeOptions(), out string? refusal) is { } editor)
            return editor;
        bool isLocked = secret.Keys.Any(static key => key is { IsLocked: true, PublicKey.IsSubkey: false });
        throw new CommandException(isLocked ? SopExitCode.KeyIsProtected : SopExitCode.KeyCannotCertify, $"key {secret.Certificate.Fingerprint}: {refusal}");
    }

    /// <summary>The password that unlocked a key, which is cleared with all that were given; false where it was not locked.</summary>
    public bool TryGetPassword(SecretCertificate secret, out ReadOnlyMemory<byte> password) => passwords.TryGetValue(secret, out password);

    /// <summary>The key that each signs with.</summary>
    /// <exception cref="CommandException">One has none, and why.</exception>
    public List<SecretKey> SigningKeys(Pgp pgp) => [.. all.Select(secret => SigningKey(secret, pgp))];

    /// <summary>Clears them.</summary>
    public void Dispose()
    {
        foreach (var secret in all)
            secret.Dispose();
    }

    private void Unlock(SecretCertificate secret, SopPasswords tried)
    {
        foreach (var password in tried.Octets)
        {
            if (!secret.IsLocked)
                return;
            if (secret.TryUnlock(password.Span, S2kLimits.Default, out _))
                passwords.Add(secret, password);
        }
    }

    private static SecretKey SigningKey(SecretCertificate secret, Pgp pgp)
    {
        var now = pgp.Clock.GetUtcNow();
        if (secret.SigningKey(now, pgp.Policy, out string? refusal) is { } key)
            return key;

        var view = secret.Certificate.At(now, pgp.Policy);
        var signing = view.Subkeys.Append(view.PrimaryKey)
            .Where(candidate => view.Problem is null && candidate.Problem is null && candidate.IsForSigning).ToList();
        int code = SopExitCode.KeyCannotSign;
        if (signing.Any(candidate => secret.Keys.Any(held => held.IsLocked && held.CanSign && held.PublicKey.Fingerprint.Equals(candidate.Key.Fingerprint))))
            code = SopExitCode.KeyIsProtected;
        else if (signing.Count > 0 && signing.TrueForAll(static candidate => candidate.Key.Material is PublicKeyMaterial.Unusable or PublicKeyMaterial.Dsa))
            code = SopExitCode.UnsupportedAlgorithm;
        else if (signing.Any(candidate => secret.IsOnCard(candidate.Key.Fingerprint)))
            code = SopExitCode.NoHardwareKey;
        throw new CommandException(code, $"key {secret.Certificate.Fingerprint} can't sign: {refusal}");
    }

    private void Add(SopInput input, string name)
    {
        foreach (var reading in SecretCertificate.ReadAll(input.Octets, CertificateLimits.Default))
        {
            switch (reading)
            {
                case SecretCertificateReading.Readable(var secret):
                    all.Add(secret);
                    break;
                case SecretCertificateReading.Rejected rejected:
                    throw new CommandException(rejected.IsOnCard ? SopExitCode.NoHardwareKey : SopExitCode.BadData, $"{name}: {rejected.Reason}");
            }
        }
    }
}
