namespace MilterCrypt.Engine.Mail;

/// <summary>What logs, metrics and the journal call a form.</summary>
public static class FormWords
{
    /// <summary>The word.</summary>
    public static string Of(MessageForm form) => form switch
    {
        MessageForm.Clear => "clear",
        MessageForm.OpenPgp => "openpgp",
        MessageForm.HeadersOnly => "headers-only",
        MessageForm.Held => "held",
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, null),
    };
}
