using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>One of the forms in which data and its signatures are written: detached, cleartext framework, message.</summary>
internal interface ISignedForm : IDisposable
{
    /// <summary>Adds data.</summary>
    void Write(ReadOnlySpan<byte> data);

    /// <summary>Ends the data.</summary>
    /// <returns>What is left to sign, in the order of the keys.</returns>
    IReadOnlyList<PendingSignature> Finish();

    /// <summary>Ends the form with its signatures, in the order of the keys.</summary>
    void Complete(IReadOnlyList<Signature> signatures);
}
