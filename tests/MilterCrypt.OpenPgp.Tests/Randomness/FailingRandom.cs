using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Tests.Randomness;

/// <summary>Has nothing random to give at one call, counted from 1; before it and after it, it works.</summary>
internal sealed class FailingRandom(int failingCall) : RandomNumberGenerator
{
    public const string Message = "no randomness here";

    private readonly RandomNumberGenerator random = Create();

    public int Calls { get; private set; }

    public bool HasFailed => Calls >= failingCall;

    public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

    public override void GetBytes(byte[] data, int offset, int count) => GetBytes(data.AsSpan(offset, count));

    public override void GetBytes(Span<byte> data)
    {
        if (++Calls == failingCall)
            throw new CryptographicException(Message);
        random.GetBytes(data);
    }
}
