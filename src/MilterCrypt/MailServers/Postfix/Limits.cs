using System.Globalization;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Postfix's limits beside ours: sizes, recipients, refusals.</summary>
internal static class Limits
{
    /// <summary>A finding for each limit that stops a message which the other side's would let pass.</summary>
    public static IEnumerable<Finding> Of(PostfixInstance instance, OwnFilter own) =>
        Sizes(instance, own).Concat(Counts(instance, own));

    private static IEnumerable<Finding> Sizes(PostfixInstance instance, OwnFilter own)
    {
        string place = $"{instance.MainFile}: message_size_limit";
        if (instance.Main.Number("message_size_limit") is not { } limit)
            yield break;
        if (limit > 0)
        {
            // Postfix looks at the size again when the filter hands back the body.
            yield return Finding.Note(
                $"{place} = {limit}: an encrypted message is {Factor} times as large, and Postfix checks again: what is larger than about "
                + $"{Words.Bytes((long)(limit / OwnFilter.Growth))} and to be encrypted is refused with 552 at its end");
        }
        if (own.SpoolFinding($"{place} = {limit}", limit, $"message_size_limit = {own.LargestMessage}") is { } tooSmall)
            yield return tooSmall;
        if (instance.Main.Number("header_size_limit") is { } header && own.Settings.Limits.Header < header)
        {
            yield return Finding.Warning(
                $"{instance.MainFile}: header_size_limit = {header}: Postfix takes header fields that are longer than our limits.header = "
                + $"{Words.Bytes(own.Settings.Limits.Header)} for a whole header, and such messages are refused with 552; raise limits.header");
        }
    }

    private static IEnumerable<Finding> Counts(PostfixInstance instance, OwnFilter own)
    {
        foreach (var service in instance.SmtpServers)
        {
            if (service.Parameters.Number("smtpd_recipient_limit") is not { } recipients)
                continue;
            if (own.Settings.Limits.Recipients < recipients)
            {
                yield return Finding.Note(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{instance.PlaceOf(service, "smtpd_recipient_limit")} = {recipients}: our limits.recipients = {own.Settings.Limits.Recipients} is less, and recipients beyond it get 452 4.5.3; raise limits.recipients to {recipients}"));
            }
            if (own.Refuses && service.Parameters.Number("smtpd_hard_error_limit") is { } errors && errors < recipients)
            {
                yield return Finding.Note(
                    $"{instance.PlaceOf(service, "smtpd_hard_error_limit")} = {errors}: after so many recipients that the filter refuses (no key, or another form needed) Postfix hangs up with 421; "
                    + $"where clients send to many at once, write: {PostfixInstance.LineFor(service, "smtpd_hard_error_limit", recipients.ToString(CultureInfo.InvariantCulture))}");
            }
        }
    }

    private static string Factor => OwnFilter.Growth.ToString(CultureInfo.InvariantCulture);
}
