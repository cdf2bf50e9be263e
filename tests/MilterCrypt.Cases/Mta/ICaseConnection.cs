using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Mta;

/// <summary>A client's connection to a mail server; disposed without QUIT, it just hangs up.</summary>
public interface ICaseConnection : IAsyncDisposable
{
    Task<SmtpAnswer> CommandAsync(string line);

    /// <summary>The message and its final dot, after DATA was answered with 354.</summary>
    Task<SmtpAnswer> SendDataAsync(byte[] message);

    /// <summary>A piece of a message by BDAT.</summary>
    Task<SmtpAnswer> SendChunkAsync(ReadOnlyMemory<byte> chunk, bool last);
}
