using System.Globalization;
using System.Text;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Bodies;

/// <summary>The field that says, while policy is only being tried (<see cref="Policy.EnforcementMode.Report"/>), what would have become
/// of a message: to how many of its recipients, not to whom, since all of them read it.</summary>
internal static class ForecastField
{
    private const string Name = "MilterCrypt-Forecast";

    /// <summary>The field, in the place of those that others wrote; nothing where policy is not only being tried.</summary>
    internal static IReadOnlyList<HeaderChange> Changes(IReadOnlyList<HeaderField> header, IReadOnlyList<RecipientOutcome.Accepted> recipients)
    {
        var foreseen = recipients.Where(static recipient => recipient.WouldBe is not null).Select(static recipient => recipient.WouldBe!.Word).ToList();
        if (foreseen.Count == 0)
            return [];
        var counts = foreseen.CountBy(static word => word).OrderBy(static entry => entry.Key, StringComparer.Ordinal);
        string value = string.Join(", ", counts.Select(static entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}={entry.Value}")));
        return
        [
            .. header.Index().Where(static field => field.Item.Is(Name)).Select(static HeaderChange (field) => new HeaderChange.Delete(field.Index)),
            new HeaderChange.Add(Name, Encoding.ASCII.GetBytes($" {value}")),
        ];
    }
}
