using System.Text;
using MilterCrypt.Engine.Custody.GpgAgent;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

public sealed class AgentExpressionTests
{
    private const string Signature = "(7:sig-val(5:ecdsa(1:r3:abc)(1:s2:)()))";

    [Theory]
    [InlineData("(5:value3:abc)", "abc")]
    [InlineData("(5:value3:abc)\0", "abc")]
    [InlineData("(5:value0:)", "")]
    [InlineData("(5:value5:(1:a))", "(1:a)")]
    public void AValueIsRead(string text, string value)
    {
        Assert.True(AgentExpression.TryReadValue(Encoding.ASCII.GetBytes(text), out var read));
        Assert.Equal(value, Encoding.ASCII.GetString(read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("()")]
    [InlineData("5:value3:abc")]
    [InlineData("(5:value3:abc")]
    [InlineData("(5:value3:abc)x")]
    [InlineData("(5:value3:abc1:x)")]
    [InlineData("(5:value4:abc)")]
    [InlineData("(5:valu3:abc)")]
    [InlineData("(05:value3:abc)")]
    [InlineData("(5:value99999999999:abc)")]
    [InlineData("(5:value-1:abc)")]
    [InlineData("(5:value:abc)")]
    [InlineData("(5:value[4:text]3:abc)")]
    [InlineData("(value abc)")]
    public void WhatIsNoValueIsRefused(string text) => Assert.False(AgentExpression.TryReadValue(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData(Signature, "abc", ")(")]
    [InlineData("(7:sig-val(3:rsa(1:s4:wxyz)))", "", "wxyz")]
    [InlineData("(7:sig-val(5:eddsa(1:s1:y)(1:r1:x))(4:hash6:sha256))", "x", "y")]
    [InlineData("(7:sig-val(5:eddsa(1:x1:9)(1:r1:x)(1:s1:y(1:a(1:b)))))\0", "x", "y")]
    public void ASignatureIsRead(string text, string r, string s)
    {
        Assert.True(AgentExpression.TryReadSignature(Encoding.ASCII.GetBytes(text), out var first, out var second));
        Assert.Equal(r, Encoding.ASCII.GetString(first));
        Assert.Equal(s, Encoding.ASCII.GetString(second));
    }

    [Fact]
    public void ASignatureCutAnywhereOrWithMoreBehindItIsNone()
    {
        byte[] whole = Encoding.ASCII.GetBytes(Signature);
        for (int length = 0; length < whole.Length; length++)
            Assert.False(AgentExpression.TryReadSignature(whole.AsSpan(0, length), out _, out _), $"{length} octets");
        Assert.False(AgentExpression.TryReadSignature([.. whole, (byte)')'], out _, out _));
        Assert.False(AgentExpression.TryReadSignature("(7:sig-val(5:ecdsa(1:r3:abc)))"u8, out _, out _));
    }

    [Theory]
    [InlineData(CanonicalReader.MaxDepth - 1, true)]
    [InlineData(CanonicalReader.MaxDepth, false)]
    [InlineData(1_000_000, false)]
    public void ListsMayBeNestedSomeLevelsDeepAndNoMore(int depth, bool isRead)
    {
        byte[] deep = Encoding.ASCII.GetBytes($"(7:sig-val(3:rsa(1:s1:x))({new string('(', depth - 1)}{new string(')', depth - 1)}))");
        Assert.Equal(isRead, AgentExpression.TryReadSignature(deep, out _, out _));
    }
}
