using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Whether a message is to be opened.</summary>
internal abstract record Opening
{
    private Opening() { }

    /// <summary>It stays as it is.</summary>
    /// <param name="Reason">Why, where it is encrypted and a rule asks for it to be opened; else null.</param>
    internal sealed record Not(string? Reason) : Opening;

    /// <summary>It is opened for one person, as far as it is encrypted to that person.</summary>
    /// <param name="Boundary">What divides its parts.</param>
    /// <param name="Reader">The person, by the first address.</param>
    /// <param name="Certificate">The person's.</param>
    internal sealed record For(string Boundary, MailAddress Reader, Certificate Certificate) : Opening;
}
