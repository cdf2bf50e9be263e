using System.Diagnostics.CodeAnalysis;

namespace MilterCrypt.Engine.Mail;

/// <summary>An address of the envelope (RFC 5321 §4.1.2, RFC 6531 §3.3). Two addresses are equal where a mail system
/// would most likely deliver to the same person: domains by their A-labels, local parts without regard to ASCII
/// case. A +tag is part of the local part and left alone.</summary>
public sealed class MailAddress : IEquatable<MailAddress>
{
    private readonly string text;
    private readonly bool isReadable;

    internal MailAddress(string text, string localPart, string domain, bool isReadable = true)
    {
        this.text = text;
        this.isReadable = isReadable;
        LocalPart = localPart;
        Domain = domain;
    }

    /// <summary>Stands for what an MTA takes for an address, and nobody here can read: it has no parts to go by, and is like no other.</summary>
    internal static MailAddress Unreadable(string text) => new(text, "", "", isReadable: false);

    /// <summary>What stands before the last @, quotes and backslashes resolved, upper and lower case as given.</summary>
    public string LocalPart { get; }

    /// <summary>The domain as lower-case A-labels (RFC 5890 §2.3.2.1), or an address literal in its brackets; empty for
    /// an address without one, such as <c>postmaster</c> (RFC 5321 §4.5.1).</summary>
    public string Domain { get; }

    /// <summary>Whether the local part may itself name a domain that an MTA sends the mail on to, as in
    /// <c>bob%partner.example@here</c>.</summary>
    public bool MayBeRoutedOn => LocalPart.AsSpan().IndexOfAny('%', '!', '@') >= 0;

    /// <summary>Reads an address without angle brackets. Junk is a reason, never an exception.</summary>
    /// <param name="text">The address, UTF-8 decoded.</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="reason">Why it is none, in a few words of ASCII, or null.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out MailAddress? address, [NotNullWhen(false)] out string? reason)
    {
        reason = MailAddressReader.Read(text, out address);
        return address is not null;
    }

    /// <inheritdoc cref="TryParse(string, out MailAddress?, out string?)"/>
    public static bool TryParse(string text, [NotNullWhen(true)] out MailAddress? address) =>
        TryParse(text, out address, out _);

    /// <summary>Whether a text, such as that of a user ID, is this address.</summary>
    public bool Is(string? other) => other is not null && TryParse(other, out var address) && Equals(address);

    /// <inheritdoc/>
    public bool Equals(MailAddress? other) =>
        ReferenceEquals(this, other)
        || (other is not null && isReadable && other.isReadable && Domain == other.Domain && AsciiCase.Equals(LocalPart, other.LocalPart));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MailAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Domain, AsciiCase.GetHashCode(LocalPart));

    /// <summary>The address as it was given.</summary>
    public override string ToString() => text;
}
