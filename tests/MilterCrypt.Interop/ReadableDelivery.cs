using System.Text.RegularExpressions;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Interop;

/// <summary>What must be true of every encrypted message that a server delivered.</summary>
internal static partial class ReadableDelivery
{
    /// <summary>The message was delivered once, each reader can open it, what moved inside and what stayed outside is what should,
    /// and the secret is nowhere in what was delivered.</summary>
    public static async Task AssertReadableAsync(this MailRig rig, Letter letter, params Correspondent[] readers)
    {
        var delivered = await rig.Sink.WaitForAsync(letter.Mark);
        Assert.False(delivered.Contains(Letter.Secret), "the secret left in clear");
        Assert.Equal(rig.OutsideFields(letter.OtherFields), rig.OutsideFields(delivered.HeaderText));
        foreach (var reader in readers)
        {
            var opened = await OpenedMessage.OpenAsync(delivered, reader);
            Assert.Equal(letter.ContentFields, opened.Header);
            Assert.Equal(letter.Body, opened.Body);
        }

        Assert.Single(rig.Sink.With(letter.Mark));

        // Nobody else's key is in it.
        string said = await readers[0].ExamineAsync(OpenedMessage.Ciphertext(delivered));
        Assert.Equal(readers.Length, said.Split("[GNUPG:] ENC_TO ").Length - 1);
    }

    /// <summary>The fields that a filter has to leave alone, in a form that survives what this server does itself: not Content-*,
    /// and not the server's own Received.</summary>
    private static IEnumerable<string> OutsideFields(this MailRig rig, string header)
    {
        var fields = FieldEnd().Split(header.TrimEnd()).Where(field =>
            !field.StartsWith("Content-", StringComparison.Ordinal) && !field.StartsWith("Received:", StringComparison.Ordinal));
        return rig.KeepsFieldsAsSent ? fields : fields.Select(field => Fold().Replace(field, " ")).Order(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"\r\n(?![ \t])")]
    private static partial Regex FieldEnd();

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Fold();
}
