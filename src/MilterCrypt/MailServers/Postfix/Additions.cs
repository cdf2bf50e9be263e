namespace MilterCrypt.MailServers.Postfix;

/// <summary>Parameters that give mail recipients when the filter before the queue was asked about others.</summary>
internal static class Additions
{
    /// <summary>Each, and what a drawing calls it.</summary>
    public static IReadOnlyList<(string Parameter, string Name)> Parameters { get; } =
    [
        ("alias_maps", "local (aliases)"),
        ("luser_relay", "local (luser_relay)"),
        ("virtual_alias_maps", "virtual_alias_maps"),
        ("always_bcc", "always_bcc"),
        ("sender_bcc_maps", "sender_bcc_maps"),
        ("recipient_bcc_maps", "recipient_bcc_maps"),
    ];

    /// <summary>Whether a parameter is for mail to local users alone.</summary>
    public static bool IsOfLocalUsers(string parameter) => parameter is "alias_maps" or "luser_relay";

    /// <summary>What comes of it, without a filter that is asked behind the queue.</summary>
    public static string Consequence(string parameter) => parameter switch
    {
        "alias_maps" => "where an alias or a user's ~/.forward leads to the outside, mail goes there as the filter left it for the local address",
        "luser_relay" or "virtual_alias_maps" => "where it leads to the outside, mail goes there as the filter left it for the address that it was sent to",
        _ => "copies go to addresses that the filter isn't asked about, as it left the mail for the others",
    };
}
