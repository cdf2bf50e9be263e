using System.Text;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Packets;

public sealed class UserIdTests
{
    [Theory]
    [InlineData("bob@example.org", "bob@example.org")]
    [InlineData("Bob <bob@example.org>", "bob@example.org")]
    [InlineData("Bob (work) <Bob.B+tag@Example.ORG> ", "Bob.B+tag@Example.ORG")]
    [InlineData("<bob@example.org>", "bob@example.org")]
    [InlineData("\"Bob, B\" <bob@example.org>", "bob@example.org")]
    [InlineData("Bob <\"bob b\"@example.org>", "\"bob b\"@example.org")]
    [InlineData("Bob <bob@[192.0.2.1]>", "bob@[192.0.2.1]")]
    [InlineData("Jörg <jörg@exämple.org>", "jörg@exämple.org")]
    [InlineData("Bob <bob@localhost>", "bob@localhost")]
    [InlineData("Bob", null)]
    [InlineData("", null)]
    [InlineData("Bob <>", null)]
    [InlineData("Bob <bob@example.org> <eve@example.org>", null)]
    [InlineData("\"<bob@example.org>\" <eve@example.org>", null)]
    [InlineData("Bob <bob@example.org> (not Eve)", null)]
    [InlineData("bob@example.org eve@example.org", null)]
    [InlineData("bob@example.org,eve@example.org", null)]
    [InlineData("Bob <bob@example.org@evil.example>", null)]
    [InlineData("Bob <bob @example.org>", null)]
    [InlineData("Bob <.bob@example.org>", null)]
    [InlineData("Bob <bob@example..org>", null)]
    [InlineData("Bob <bob@example.org.>", null)]
    [InlineData("Bob <bob\u202E@example.org>", null)]
    [InlineData("Bob <bob@example.org\0>", null)]
    [InlineData("Bob <bob\n@example.org>", null)]
    public void TheAddressIsFoundWhereThereIsExactlyOne(string text, string? address) =>
        Assert.Equal(address, new UserId(Encoding.UTF8.GetBytes(text)).Address);

    [Fact]
    public void WhatATerminalWouldObeyIsNotShown()
    {
        var userId = new UserId(Encoding.UTF8.GetBytes("Bob\x1b[2J\r\n\u202Egro.elpmaxe@bob"));

        Assert.Equal("Bob\uFFFD[2J\uFFFD\uFFFD\uFFFDgro.elpmaxe@bob", userId.Text);
    }

    [Fact]
    public void OctetsThatAreNotUtf8AreKeptAsTheyAre()
    {
        byte[] latin1 = [(byte)'J', 0xF6, (byte)'r', (byte)'g', .. " <joerg@example.org>"u8];
        var userId = new UserId(latin1);

        Assert.Equal(latin1, userId.Octets.ToArray());
        Assert.Equal("J\uFFFDrg <joerg@example.org>", userId.Text);
        Assert.Equal("joerg@example.org", userId.Address);
    }
}
