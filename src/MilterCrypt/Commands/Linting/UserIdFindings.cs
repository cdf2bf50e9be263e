using MilterCrypt.Engine.Keys;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Linting;

/// <summary>For which addresses a certificate is used, and for which not.</summary>
internal static class UserIdFindings
{
    public static IEnumerable<Finding> Of(LintSubject subject)
    {
        // Where nothing of it counts, that was said.
        var view = subject.View;
        if (view.Problem is not null)
            yield break;

        var served = StoredPackets.Addresses(view.UserIds.Where(static userId => userId.Problem is null).Select(static userId => userId.UserId));
        if (served.Count == 0)
        {
            yield return new Finding(
                FindingLevel.Error, "no-address", "no user ID that counts names a mail address: the filter never uses it",
                "ask the owner to add a user ID with the address, and import that");
        }

        foreach (var refused in view.UserIds.Where(static userId => userId.Problem is not null))
        {
            string text = $"user ID {PrintableText.Of(refused.UserId.Text)}: {PrintableText.Of(refused.Problem!)}";
            bool isMissed = !refused.IsRevoked && StoredPackets.Addresses([refused.UserId]).Except(served, StringComparer.Ordinal).Any();
            yield return isMissed
                ? new Finding(FindingLevel.Error, "user-id-refused", text, "ask the owner to certify the user ID anew, and import that")
                : new Finding(FindingLevel.Note, refused.IsRevoked ? "user-id-revoked" : "user-id-refused", text);
        }
    }
}
