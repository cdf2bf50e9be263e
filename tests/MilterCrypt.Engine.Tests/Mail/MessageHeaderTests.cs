using System.Buffers;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Mail;

public sealed class MessageHeaderTests
{
    private const int MaxHeader = 1 << 20;

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public void AHeaderIsReadAsAMilterWouldBeToldIt(string newLine)
    {
        var buffer = Bytes($"Subject: a{newLine}\tfolded one{newLine}X:y{newLine}{newLine}body: no field{newLine}");
        Assert.True(MessageHeader.TryRead(ref buffer, isComplete: false, MaxHeader, out var fields, out string? fault));

        Assert.Null(fault);
        Assert.Equal(["Subject: a\n\tfolded one", "X:y"], fields!.Select(Show));
        Assert.Equal($"body: no field{newLine}", Encoding.Latin1.GetString(buffer.ToArray()));
    }

    [Fact]
    public void AHeaderIsNotCompleteBeforeItsEmptyLineUnlessTheMessageEnds()
    {
        const string text = "A: 1\r\n b\r\nC: 2\r\n\r\n";
        for (int length = 0; length < text.Length; length++)
        {
            var buffer = Bytes(text[..length]);
            Assert.False(MessageHeader.TryRead(ref buffer, isComplete: false, MaxHeader, out _, out _));
            Assert.Equal(length, buffer.Length);
        }
        var unfinished = Bytes("A: 1\r\n b\r\nC: 2");
        Assert.True(MessageHeader.TryRead(ref unfinished, isComplete: true, MaxHeader, out var fields, out _));
        Assert.Equal(["A: 1\n b", "C: 2"], fields!.Select(Show));
        Assert.True(unfinished.IsEmpty);
    }

    [Theory]
    [InlineData("A: 1\nno field\n\nbody", "line 2 is no header field")]
    [InlineData(" begins with a blank\n\nbody", "line 1 is no header field")]
    [InlineData("From alice Mon Jan  1\nA: 1\n\n", "line 1 is no header field")]
    [InlineData("A: 1\n b\n c\n: nameless\n\n", "line 4 is no header field")]
    public void ALineThatIsNoFieldIsNamed(string text, string expected)
    {
        var buffer = Bytes(text);
        Assert.True(MessageHeader.TryRead(ref buffer, isComplete: true, MaxHeader, out var fields, out string? fault));
        Assert.Null(fields);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void AHeaderWithoutEndIsRefusedAtItsLimit()
    {
        var buffer = new ReadOnlySequence<byte>(new byte[MaxHeader + 1]);
        Assert.True(MessageHeader.TryRead(ref buffer, isComplete: false, MaxHeader, out var fields, out string? fault));
        Assert.Null(fields);
        Assert.Contains("longer", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void RandomBytesAreAHeaderOrAFaultAndNothingElse()
    {
        var random = new Random(5);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] bytes = random.GetItems("AB:: \t\r\n\n\n\0\u00FF"u8.ToArray(), random.Next(40));
            var buffer = new ReadOnlySequence<byte>(bytes);
            Assert.True(MessageHeader.TryRead(ref buffer, isComplete: true, MaxHeader, out var fields, out string? fault));
            Assert.Equal(fields is null, fault is not null);
        }
    }

    [Fact]
    public void AHeaderInManySegmentsIsTheSame()
    {
        byte[] text = "A: 1\r\n b\r\n\r\nbody"u8.ToArray();
        for (int cut = 1; cut < text.Length; cut++)
        {
            var first = new Segment(text.AsMemory(0, cut), null);
            var last = new Segment(text.AsMemory(cut), first);
            var buffer = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
            Assert.True(MessageHeader.TryRead(ref buffer, isComplete: false, MaxHeader, out var fields, out _));
            Assert.Equal(["A: 1\n b"], fields!.Select(Show));
            Assert.Equal("body"u8, buffer.ToArray());
        }
    }

    [Fact]
    public void AMessageWithoutHeaderHasNone()
    {
        var buffer = Bytes("\nbody");
        Assert.True(MessageHeader.TryRead(ref buffer, isComplete: false, MaxHeader, out var fields, out _));
        Assert.Empty(fields!);
        Assert.Equal(4, buffer.Length);
    }

    [Fact]
    public void AFieldIsWrittenWithCrlfAndCanNotAddAnother()
    {
        var output = new ArrayBufferWriter<byte>();
        new HeaderField("A", " 1\n 2\r\n\t3\nInjected: yes"u8.ToArray()).WriteTo(output);
        Assert.Equal("A: 1\r\n 2\r\n\t3\r\n Injected: yes\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }

    [Fact]
    public void ChangesNameFieldsByTheirPlaceInTheOriginal()
    {
        HeaderField[] header = [new("A", "1"u8.ToArray()), new("B", "2"u8.ToArray()), new("A", "3"u8.ToArray())];
        HeaderChange[] changes = [new HeaderChange.Delete(0), new HeaderChange.Replace(2, "4"u8.ToArray()), new HeaderChange.Add("C", "5"u8.ToArray())];
        Assert.Equal(["B:2", "A:4", "C:5"], changes.Apply(header).Select(Show));
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.Latin1.GetBytes(text));

    private static string Show(HeaderField field) => $"{field.Name}:{Encoding.Latin1.GetString(field.Value.Span)}";

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.Memory.Length;
            before.Next = this;
        }
    }
}
