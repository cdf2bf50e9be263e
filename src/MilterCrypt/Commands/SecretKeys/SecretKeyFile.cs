using System.Security.Cryptography;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>A file of the folder with secret keys, and what was read from it. Owned by one command; disposal clears the
/// secrets.</summary>
internal sealed class SecretKeyFile : IDisposable
{
    private readonly string path;
    private readonly byte[] octets;
    private readonly bool isWhole;

    private SecretKeyFile(string path, byte[] octets)
    {
        this.path = path;
        this.octets = octets;
        var readings = SecretCertificate.ReadAll(octets, CertificateLimits.Default);
        Secrets = [.. readings.OfType<SecretCertificateReading.Readable>().Select(static reading => reading.SecretCertificate)];
        isWhole = Secrets.Count == readings.Count;
    }

    /// <summary>The secret keys in it that can be read.</summary>
    public IReadOnlyList<SecretCertificate> Secrets { get; }

    /// <summary>Reads one.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it.</exception>
    public static SecretKeyFile Read(string path) => new(path, ReadOctets(path));

    /// <summary>Puts the secret keys as they are now in its place, in armor where it was armored.</summary>
    /// <exception cref="CommandException">It is not what it was when it was read, or can't be written.</exception>
    public void Save()
    {
        if (!isWhole)
            throw new CommandException(ExitCode.Data, $"{PrintableText.Of(path)} holds something else beside secret keys, which would be lost: put the key into a file of its own");
        if (new FileInfo(path).LinkTarget is not null)
            throw new CommandException(ExitCode.CantCreate, $"{PrintableText.Of(path)} is a symbolic link, which is not written through");

        byte[] present = ReadOctets(path);
        bool isSame = present.AsSpan().SequenceEqual(octets);
        CryptographicOperations.ZeroMemory(present);
        if (!isSame)
            throw new CommandException(ExitCode.TryAgain, $"{PrintableText.Of(path)} was changed meanwhile: nothing was written");

        bool isArmored = octets is [< 0x80, ..];
        byte[][] parts = [.. Secrets.Select(secret => isArmored ? secret.ToArmor() : secret.ToArray())];
        byte[] all = GC.AllocateArray<byte>(parts.Sum(static part => part.Length), pinned: true);
        try
        {
            int length = 0;
            foreach (byte[] part in parts)
            {
                part.CopyTo(all, length);
                length += part.Length;
            }

            SecretFileWriting.Replace(path, all);
        }
        finally
        {
            foreach (byte[] part in parts.Append(all))
                CryptographicOperations.ZeroMemory(part);
        }
    }

    /// <summary>Clears the secrets.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(octets);
        foreach (var secret in Secrets)
            secret.Dispose();
    }

    private static byte[] ReadOctets(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > SecretKeyFiles.MaxLength)
            throw new IOException($"it is larger than {SecretKeyFiles.MaxLength >> 20} MiB");
        byte[] octets = GC.AllocateArray<byte>((int)file.Length, pinned: true);
        file.ReadExactly(octets);
        return octets;
    }
}
