using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.Bodies;

/// <summary>What all messages of a processor work with.</summary>
/// <param name="Spool">Where what is made of a message waits for its end.</param>
/// <param name="Budget">What all messages of the process may hold together.</param>
/// <param name="Encryption">How messages are encrypted.</param>
/// <param name="OwnKeys">The secret keys; null where there are none.</param>
internal sealed record MessageMeans(SpoolOptions Spool, SpoolBudget Budget, EncryptionOptions Encryption, OwnKeys? OwnKeys)
{
    /// <summary>Whether it is only to be found out what would become of a message: no secret key is used, nothing handed over.</summary>
    internal bool IsRehearsal { get; init; }
}
