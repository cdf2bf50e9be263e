using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Whose keys mail to an address is encrypted to that has none of its own, such as a team's: one entry of
/// <c>aliases:</c> in the configuration.</summary>
/// <param name="Address">The address.</param>
/// <param name="Readers">Who reads its mail, one at least.</param>
/// <param name="Readdresses">Whether the mail goes to them in its place.</param>
public sealed record AddressAlias(MailAddress Address, IReadOnlyList<MailAddress> Readers, bool Readdresses);
