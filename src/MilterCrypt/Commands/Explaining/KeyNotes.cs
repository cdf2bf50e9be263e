using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Keys;

namespace MilterCrypt.Commands.Explaining;

/// <summary>Says of keys that the engine found, or did not find, what an administrator knows them by.</summary>
/// <param name="keys">Where they were found.</param>
/// <param name="at">When.</param>
internal sealed class KeyNotes(KeyLookup keys, DateTimeOffset at)
{
    /// <summary>A note for each.</summary>
    public IReadOnlyList<KeyNote> Of(IEnumerable<KeyFinding> findings) => [.. findings.Select(Of)];

    private KeyNote Of(KeyFinding finding)
    {
        var note = new KeyNote(finding.Reader.ToString(), finding.Under.ToString());
        return finding.Answer switch
        {
            KeyAnswer.Usable usable => note with
            {
                Fingerprint = usable.Certificate.ToString(),
                Trust = KeyWords.Trust(usable.Trust),
                UserId = keys.ViewOf(usable.Certificate, at)?.UserIds
                    .FirstOrDefault(userId => userId.Problem is null && finding.Under.Is(userId.UserId.Address))?.UserId.Text,
                Subkeys = [.. usable.Recipients.Select(static recipient => recipient.Key.Fingerprint.KeyId.ToString())],
            },
            KeyAnswer.Unusable unusable => note with { Problem = unusable.Reason },
            _ => note,
        };
    }
}
