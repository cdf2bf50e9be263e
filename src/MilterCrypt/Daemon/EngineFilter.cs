using Microsoft.Extensions.Logging;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Milter;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>Joins the milter protocol to the engine. One for the daemon's life; each message begins under the snapshot
/// that is in force then, and keeps it.</summary>
/// <param name="snapshots">The configuration in force.</param>
/// <param name="trust">For whom secret keys are used.</param>
/// <param name="clock">Measures how long messages take.</param>
/// <param name="metrics">Where messages are counted.</param>
/// <param name="logger">Where messages' lines go.</param>
internal sealed class EngineFilter(
    SnapshotHolder snapshots, PeerTrust trust, TimeProvider clock, MailMetrics metrics, ILogger logger) : IMailFilter
{
    /// <inheritdoc/>
    public IMessageHandler Begin(MailTransaction mail)
    {
        var snapshot = snapshots.Current;
        bool isEgress = mail.Session.Listener.Tag == Listeners.EgressTag;
        var envelope = new Envelope(mail.ResolvedSender, mail.Session.Authentication?.User, canRefuseRecipients: !mail.IsLocalSubmission)
        {
            MayUseSecretKeys = trust.Includes(mail.Session),
            IsHandedOver = snapshot.Settings.Reinject?.DaemonName is { } name && mail.Session.DaemonName == name,
            GivenSender = mail.Sender,
            SenderArguments = mail.SenderArguments,
            Trace = new TraceInformation(mail.Session.MtaHost ?? "localhost", mail.IsLocalSubmission ? null : mail.Session.ClientAddress)
            {
                Helo = mail.Session.Helo,
                ClientHost = mail.Session.ClientHost,
                Protection = (mail.Session.Tls is not null, mail.Session.Authentication is not null),
            },
            IsEgress = isEgress,
            // Behind the queue the client is the MTA itself, of whom nothing follows.
            Client = isEgress ? null : mail.Session.ClientAddress,
            Tls = isEgress ? null : mail.Session.Tls is not null,
            IsLocalSubmission = mail.IsLocalSubmission,
            IdentityIsOpen = isEgress && snapshot.Settings.HopKeys.Count > 0,
        };
        var message = snapshot.Processor.Begin(envelope);
        return new EngineHandler(mail, message, new MessageReport(mail, message, clock, metrics, logger));
    }
}
