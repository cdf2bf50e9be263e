using MilterCrypt.Cases.Language;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Mta;

/// <summary>A mail server that cases can be run on, one after another.</summary>
public interface ICaseMta
{
    MtaUnderTest Kind { get; }

    /// <summary>A client connects; the greeting is the server's first answer.</summary>
    Task<(ICaseConnection Connection, SmtpAnswer Greeting)> ConnectAsync(CancellationToken ct);

    /// <summary>Somebody uses the sendmail command.</summary>
    Task SubmitAsync(ClientStep.Submit submission, CancellationToken ct);

    /// <summary>Waits until everything is delivered or held, and releases what is held.</summary>
    Task<Aftermath> SettleAsync(CancellationToken ct);
}
