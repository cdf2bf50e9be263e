using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Keys;

/// <summary>Writes an address as keys are filed under it: equal addresses give equal text, so that a look-up in memory
/// or in a data base is one comparison.</summary>
public static class KeyAddress
{
    /// <summary>The local part with A to Z as a to z, an @, the domain as A-labels.</summary>
    public static string Of(MailAddress address) => $"{AsciiCase.ToLower(address.LocalPart)}@{address.Domain}";
}
