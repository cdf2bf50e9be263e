namespace MilterCrypt.Milter;

/// <summary>How the SMTP client logged in (SMTP AUTH, RFC 4954). It is worth as much as the peer of the milter socket:
/// whoever can connect there can claim anything.</summary>
/// <param name="Mechanism">The mechanism ({auth_type}), such as <c>PLAIN</c>; empty when the MTA tells none.</param>
/// <param name="User">The user who logged in ({auth_authen}).</param>
/// <param name="Author">On whose behalf the message is sent ({auth_author}), or null. Postfix: the AUTH argument of
/// MAIL; Sendmail: the authorization identity.</param>
/// <param name="Strength">The bits of the mechanism's own encryption layer ({auth_ssf}, Sendmail only), or null.</param>
public sealed record ClientAuthentication(string Mechanism, string User, string? Author, int? Strength);
