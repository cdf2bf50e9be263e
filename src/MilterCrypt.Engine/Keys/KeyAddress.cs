using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Keys;

/// <summary>Writes an address as keys are filed under it: equal addresses give equal text, so that a look-up in memory
/// or in a data base is one comparison.</summary>
public static class KeyAddress
{
    /// <summary>The local part with A to Z as a to z, an @, the domain as A-labels.</summary>
    public static string Of(MailAddress address) => string.Create(
        address.LocalPart.Length + 1 + address.Domain.Length,
        address,
        static (text, address) =>
        {
            int length = address.LocalPart.Length;
            for (int i = 0; i < length; i++)
                text[i] = char.IsAsciiLetterUpper(address.LocalPart[i]) ? (char)(address.LocalPart[i] | 0x20) : address.LocalPart[i];
            text[length] = '@';
            address.Domain.CopyTo(text[(length + 1)..]);
        });
}
