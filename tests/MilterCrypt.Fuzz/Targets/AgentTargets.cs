using System.Text;
using MilterCrypt.Engine.Custody.GpgAgent;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What gpg-agent says, or whoever listens on its socket: lines of Assuan, and the canonical S-expressions in their data.
/// Nothing is thrown, whatever it is.</summary>
internal static class AgentTargets
{
    private const int MaxData = 16 * 1024;

    /// <summary>A whole answer, line by line.</summary>
    public static string Answers(ReadOnlySpan<byte> input)
    {
        using var answer = new AgentAnswer();
        string outcome = "";
        foreach (Range range in input.Split((byte)'\n'))
        {
            if (!AssuanLine.TryRead(input[range], out AssuanLine line))
                return outcome + "no line";
            FuzzFailureException.Unless(line.Rest.Length <= input[range].Length && line.Rest.Length < AssuanLine.MaxLength, "a line grows");
            if (line.Kind == AssuanKind.Data)
            {
                int before = answer.Data.Length;
                bool isAdded = answer.TryAdd(line.Rest, MaxData);
                FuzzFailureException.Unless(answer.Data.Length - before <= line.Rest.Length && (isAdded || answer.Data.Length == before), "data grows");
                if (!isAdded)
                    return outcome + "bad data";
            }
            else if (line.Kind == AssuanKind.Error && line.TryReadError(out AgentError error))
            {
                FuzzFailureException.Unless(!error.Text.Any(char.IsControl) && error.Text.Length <= 200, "an error forges a line of the log");
                outcome += $"{error.IsOfTheKey} ";
            }

            if (outcome.Length < 60)
                outcome += $"{line.Kind} ";
        }

        return outcome + Expressions(answer.Data);
    }

    /// <summary>What answers have in their data.</summary>
    public static string Expressions(ReadOnlySpan<byte> input)
    {
        bool isValue = AgentExpression.TryReadValue(input, out var value);
        bool isSignature = AgentExpression.TryReadSignature(input, out var r, out var s);
        FuzzFailureException.Unless(!(isValue && isSignature), "it is two things");
        FuzzFailureException.Unless(!isValue || value.Length + "(5:value0:)".Length <= input.Length, "a value grows");
        FuzzFailureException.Unless(!isSignature || (!s.IsEmpty && r.Length + s.Length < input.Length), "a signature grows, or is empty");
        var reader = new CanonicalReader(input);
        bool isList = reader.TryReadOpen() && reader.TrySkipRest();
        FuzzFailureException.Unless(isList || !(isValue || isSignature), "what is no list was read");
        return $"{isValue} {isSignature} {isList} {r.IsEmpty}";
    }

    /// <summary>Seeds of <see cref="Answers"/>.</summary>
    public static IEnumerable<byte[]> AnswerSeeds() =>
        ExpressionSeeds().Select(static expression => (byte[])[.. "S PADDING 0\nD "u8, .. expression, .. "\nOK\n"u8]).Concat(
            new[]
            {
                "OK Pleased to meet you, process 1\nOK", "ERR 67108881 No secret key <GPG Agent>", "S INQUIRE_MAXLEN 4096\nINQUIRE CIPHERTEXT",
                "# a comment\nD a%25b%0A\nD c\nOK closing connection",
            }.Select(Encoding.ASCII.GetBytes));

    /// <summary>Seeds of <see cref="Expressions"/>.</summary>
    public static IEnumerable<byte[]> ExpressionSeeds() =>
        new[]
        {
            "(7:sig-val(3:rsa(1:s4:wxyz)))", "(7:sig-val(5:eddsa(1:r3:abc)(1:s3:def)))", "(7:sig-val(5:ecdsa(1:r3:abc)(1:s3:def))(4:hash6:sha256))",
            "(5:value33:@01234567890123456789012345678901)", "(5:value3:abc)\0", "(1:a(1:b(1:c(1:d(1:e)))))",
        }.Select(Encoding.ASCII.GetBytes);
}
