using System.Buffers;
using System.Text;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What senders write into mail, and administrators into a file.</summary>
internal static class MailTargets
{
    private const int MaxHeader = 8 * 1024;

    public static string Headers(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        var buffer = new ReadOnlySequence<byte>(bytes);
        bool isKnown = MessageHeader.TryRead(ref buffer, isComplete: false, MaxHeader, out var fields, out string? fault);
        if (!isKnown)
        {
            FuzzFailureException.Unless(buffer.Length == bytes.Length, "bytes are taken of half a header");
            FuzzFailureException.Unless(MessageHeader.TryRead(ref buffer, isComplete: true, MaxHeader, out fields, out fault), "a whole message is not whole");
        }

        FuzzFailureException.Unless(fields is null == fault is not null, "neither fields nor a fault, or both");
        return $"{isKnown} {Math.Min(fields?.Count ?? -1, 8)} {fault?.Split(' ')[0]}";
    }

    public static string ContentTypes(ReadOnlySpan<byte> input) =>
        ContentType.Parse(input) is { } type ? $"{Math.Min(type.MediaType.Length, 8)} {type.Parameters.Count}" : "none";

    public static string Addresses(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (!MailAddress.TryParse(text, out MailAddress? address))
            return "none";
        FuzzFailureException.Unless(!address.ToString().Any(char.IsControl), "a control character comes through");
        FuzzFailureException.Unless(MailAddress.TryParse(address.ToString(), out MailAddress? again) && again.Equals(address), "it is read as another address");
        return $"{address.Domain.Length > 0} {address.MayBeRoutedOn} {address.LocalPart == text}";
    }

    public static string Configurations(ReadOnlySpan<byte> input)
    {
        switch (ConfigurationFile.Read(Encoding.UTF8.GetString(input), "f"))
        {
            case ConfigurationResult.Loaded loaded:
                return $"loaded {loaded.Settings.Rules.Count}";
            case ConfigurationResult.Refused refused:
                FuzzFailureException.Unless(refused.Complaints.Count > 0 && refused.Complaints.All(line => line.Length > 0), "nobody says what is wrong");
                return $"refused {refused.Complaints.Count}";
            default:
                throw new FuzzFailureException("neither loaded nor refused");
        }
    }
}
