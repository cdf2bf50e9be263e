using System.Globalization;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Wire;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Probing;

/// <summary>Writes what a filter was told, and what it answered.</summary>
internal sealed class ProbeReport(TextWriter output)
{
    /// <summary>What MTA and filter agreed on.</summary>
    public void WriteNegotiation(MilterClient client)
    {
        foreach ((string label, string words) in NegotiationWords.Of(client))
            output.WriteLine($"  {label + ":",-14} {words}");
    }

    /// <summary>What happened, step by step.</summary>
    public void WriteSteps(SessionRecord record, bool isWhole)
    {
        foreach (ProbeStep step in record.Steps)
        {
            if (step.Command == MilterCommand.Mail)
                output.WriteLine();
            bool isMissing = !isWhole && step == record.Steps[^1] && step.Answer is null;
            string time = step.Answer is null && step.Edits.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  {step.Time.TotalMilliseconds:0.0} ms");
            output.WriteLine($"{step.Words,-48} {(isMissing ? "NO ANSWER" : Words(step))}{time}");
            foreach (string edit in step.Edits)
                output.WriteLine($"    {edit}");
        }
        if (!isWhole && record.Steps.Count > 0)
            output.WriteLine("\nno verdict: the MTA does what it is configured to do when a filter fails: milter_default_action (Postfix), F= (Sendmail)");
        output.WriteLine();
    }

    private static string Words(ProbeStep step) => step switch
    {
        { Answer: null } => "-",
        { Command: MilterCommand.Negotiate } => "answered",
        _ => PrintableText.Of(step.Answer.ToString().Replace("\r\n", " | ", StringComparison.Ordinal)),
    };
}
