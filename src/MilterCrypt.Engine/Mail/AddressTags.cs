namespace MilterCrypt.Engine.Mail;

/// <summary>Tags of addresses: mail to <c>bob+news@example.org</c> is delivered to <c>bob@example.org</c>, so what is said of Bob, or is
/// known of him, is for it too. One per configuration: <c>recipient-delimiter</c>.</summary>
/// <param name="delimiters">Each of these characters stands before a tag; empty where there are no tags.</param>
public sealed class AddressTags(string delimiters)
{
    /// <summary>What most mail servers are configured with.</summary>
    public static AddressTags Usual { get; } = new("+");

    /// <summary>An address without its tag; null where it has none.</summary>
    public MailAddress? Without(MailAddress address)
    {
        int end = address.LocalPart.AsSpan().IndexOfAny(delimiters);
        if (end <= 0)
            return null;
        string name = address.LocalPart[..end];
        return new MailAddress(address.Domain.Length == 0 ? name : $"{name}@{address.Domain}", name, address.Domain);
    }
}
