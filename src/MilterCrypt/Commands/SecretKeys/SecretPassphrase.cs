using System.Security.Cryptography;
using MilterCrypt.Configuration;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>What opens and locks the secret keys; disposal clears it.</summary>
internal sealed class SecretPassphrase : IDisposable
{
    private const int MaxLength = 4096;
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly byte[] octets = GC.AllocateArray<byte>(MaxLength, pinned: true);
    private readonly int length;

    private SecretPassphrase(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            int read = file.ReadAtLeast(octets, MaxLength, throwOnEndOfStream: false);
            int end = octets.AsSpan(0, read).IndexOf((byte)'\n');
            length = octets.AsSpan(0, end < 0 ? read : end).TrimEnd((byte)'\r').Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"the passphrase in {PrintableText.Of(path)} can't be read: {e.Message}");
        }

        if (length is 0 or MaxLength)
        {
            Dispose();
            throw new CommandException(ExitCode.Data, $"the first line of {PrintableText.Of(path)} is no passphrase: it is {(length == 0 ? "empty" : "too long")}");
        }
    }

    /// <summary>Its octets.</summary>
    public ReadOnlySpan<byte> Octets => octets.AsSpan(0, length);

    /// <summary>The passphrase of the configuration, or of a file that is named instead.</summary>
    /// <returns>Null where the keys have none.</returns>
    /// <exception cref="CommandException">It can't be read, or others can read it too.</exception>
    public static SecretPassphrase? Read(PassphraseSource? source, string? file) => (file, source) switch
    {
        ({ } named, _) => OfFile(named),
        (_, PassphraseSource.File(var path)) => OfFile(path),
        (_, PassphraseSource.Credential(var name)) => OfCredential(name),
        _ => null,
    };

    /// <summary>Clears it.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(octets);

    private static SecretPassphrase OfFile(string path)
    {
        if (File.Exists(path) && (File.GetUnixFileMode(path) & OfOthers) != 0)
            throw new CommandException(ExitCode.Configuration, $"others may read or write the passphrase in {PrintableText.Of(path)}: chmod 600 it");
        return new SecretPassphrase(path);
    }

    private static SecretPassphrase OfCredential(string name) =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder
            ? new SecretPassphrase(Path.Combine(folder, name))
            : throw new CommandException(
                ExitCode.Configuration,
                $"the credential {name} is handed over by systemd alone: run this with `systemd-run --pipe --wait -p LoadCredential={name}:FILE miltercrypt keys ...`, or name the file with --passphrase-file");
}
