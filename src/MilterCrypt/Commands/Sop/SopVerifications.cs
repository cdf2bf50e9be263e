using System.Globalization;
using System.Text;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Commands.Sop;

/// <summary>The signatures that count: good, and made in time. The others are named on standard error, with what is wrong.</summary>
internal static class SopVerifications
{
    /// <summary>A line for each: when, by which key, of which certificate, over what kind of data.</summary>
    /// <returns>The lines; empty where no signature counts.</returns>
    public static byte[] Of(IEnumerable<SignatureVerdict> verdicts, SopDates dates)
    {
        var lines = new StringBuilder();
        foreach (var verdict in verdicts)
        {
            string? problem = verdict.IsGood ? null : verdict.Problem;
            if (verdict.IsGood && (verdict.CreatedAt < dates.NotBefore || verdict.CreatedAt > dates.NotAfter))
                problem = "not made in the time that was asked for";
            if (problem is not null)
                Console.Error.WriteLine($"miltercrypt: a signature does not count: {problem}");
            else
                lines.Append(Line(verdict));
        }

        return Encoding.ASCII.GetBytes(lines.ToString());
    }

    private static string Line(SignatureVerdict verdict) => string.Create(
        CultureInfo.InvariantCulture,
        $"{verdict.CreatedAt:yyyy-MM-dd'T'HH:mm:ss'Z'} {verdict.Key!.Fingerprint} {verdict.Certificate!.Fingerprint} mode:{(verdict.Type == SignatureType.Text ? "text" : "binary")}\n");
}
