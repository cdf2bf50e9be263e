using System.Globalization;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Ports by number, or by the names that mail has in services(5).</summary>
internal static class ServicePort
{
    /// <summary>The port; null for a name that mail servers don't use.</summary>
    public static int? Of(string text) => text switch
    {
        "smtp" => 25,
        "smtps" or "submissions" or "ssmtp" => 465,
        "submission" => 587,
        "lmtp" => 24,
        "qmqp" => 628,
        _ => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0 ? port : null,
    };
}
