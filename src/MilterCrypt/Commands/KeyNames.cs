using System.CommandLine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>How people name keys on the command line: by a fingerprint or by an address.</summary>
internal static class KeyNames
{
    /// <summary>The argument that takes such names.</summary>
    public static Argument<string[]> Argument() => new("KEY")
    {
        Description = "A fingerprint (40 or 64 hexadecimal digits) or a mail address",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>All certificates that any of the names means, each once.</summary>
    /// <exception cref="CommandException">A name is no name, or means no certificate.</exception>
    public static async Task<IReadOnlyList<StoredCertificate>> FindAsync(
        IKeyStore store, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var found = new List<StoredCertificate>();
        foreach (string name in names)
        {
            var here = await FindAsync(store, name, cancellationToken);
            if (here.Count == 0)
                throw new CommandException(ExitCode.NoInput, $"there is no key for '{PrintableText.Of(name)}'");
            found.AddRange(here);
        }
        return [.. found.DistinctBy(certificate => certificate.Fingerprint)];
    }

    /// <summary>An address of the command line.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static MailAddress Address(string text) => MailAddress.TryParse(text, out var address, out string? reason)
        ? address
        : throw new CommandException(ExitCode.Usage, $"'{PrintableText.Of(text)}' is not a mail address: {reason}");

    private static async Task<IReadOnlyList<StoredCertificate>> FindAsync(IKeyStore store, string name, CancellationToken cancellationToken)
    {
        if (Fingerprint.TryParse(name, out var fingerprint))
            return await store.FindAsync(fingerprint, cancellationToken) is { } one ? [one] : [];
        if (!name.Contains('@', StringComparison.Ordinal))
            throw new CommandException(ExitCode.Usage, $"'{PrintableText.Of(name)}' is neither a fingerprint of 40 or 64 hexadecimal digits nor a mail address");
        return await store.FindAsync(KeyAddress.Of(Address(name)), cancellationToken);
    }
}
