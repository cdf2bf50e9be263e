using System.Text.Json;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class AesKeyWrapTests
{
    [Fact]
    public void EveryHostileWrappedKeyIsJudgedRightly()
    {
        int unwrapped = 0, refused = 0;
        foreach ((_, JsonElement test) in Wycheproof.Read("aes_wrap_test.json"))
        {
            byte[] wrappingKey = test.Hex("key"), key = test.Hex("msg"), wrapped = test.Hex("ct");

            // 8-octet keys are outside RFC 3394, and no message key is that short.
            if (wrapped.Length < 24 || wrapped.Length % 8 != 0)
            {
                Assert.NotEqual("valid", test.Result());
                continue;
            }

            byte[] found = new byte[wrapped.Length - AesKeyWrap.Overhead];
            bool opened = AesKeyWrap.TryUnwrap(wrappingKey, wrapped, found);
            Assert.True(opened == (test.Result() == "valid"), test.Name());
            Assert.True(found.AsSpan().SequenceEqual(opened ? key : new byte[found.Length]), test.Name());
            _ = opened ? unwrapped++ : refused++;
            if (!opened)
                continue;

            byte[] again = new byte[wrapped.Length];
            AesKeyWrap.Wrap(wrappingKey, key, again);
            Assert.True(again.AsSpan().SequenceEqual(wrapped), test.Name());
        }

        Assert.True(unwrapped >= 30 && refused >= 70, $"{unwrapped} unwrapped, {refused} refused");
    }

    [Fact]
    public void LengthsThatTheStandardLacksAreTheCallersMistake()
    {
        Assert.Throws<ArgumentException>(() => AesKeyWrap.Wrap(new byte[15], new byte[16], new byte[24]));
        Assert.Throws<ArgumentException>(() => AesKeyWrap.Wrap(new byte[16], new byte[17], new byte[25]));
        Assert.Throws<ArgumentException>(() => AesKeyWrap.Wrap(new byte[16], new byte[8], new byte[16]));
        Assert.Throws<ArgumentException>(() => AesKeyWrap.Wrap(new byte[16], new byte[16], new byte[16]));
    }
}
