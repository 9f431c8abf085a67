import Glibc

/// The distribution of the two-sided one-sample statistic by Durbin's matrix (Durbin 1968), raised to the power `n` as
/// Marsaglia, Tsang and Wang 2003 do it. Exact; the work grows with `(n d)³ log n`.
enum DurbinMatrix {
    /// The probability of a statistic of at most `d`.
    static func cumulative(_ d: Double, _ n: Int) -> Double {
        let t = Double(n) * d
        let k = Int(t.rounded(.up))
        let size = 2 * k - 1
        var base = Scaled(matrix: start(size: size, h: Double(k) - t), exponent: 0)
        var power: Scaled?
        var rest = n
        while rest > 0 {
            if rest % 2 == 1 { power = power.map { $0.times(base, size) } ?? base }
            rest /= 2
            if rest > 0 { base = base.times(base, size) }
        }
        guard let power else { return 0 }
        var result = power.matrix[(k - 1) * size + k - 1]
        var exponent = power.exponent
        for i in 1...n {
            result *= Double(i) / Double(n)
            if result < 0x1p-512 {
                result *= 0x1p512
                exponent -= 512
            }
        }
        return scalbn(result, Int32(clamping: exponent))
    }

    /// A matrix times a power of two, so that its elements stay in range.
    private struct Scaled {
        var matrix: [Double]
        var exponent: Int

        func times(_ other: Scaled, _ size: Int) -> Scaled {
            var product = [Double](repeating: 0, count: size * size)
            for i in 0..<size {
                for l in 0..<size {
                    let factor = matrix[i * size + l]
                    guard factor != 0 else { continue }
                    for j in 0..<size { product[i * size + j] += factor * other.matrix[l * size + j] }
                }
            }
            let largest = product.max() ?? 0
            guard largest > 0x1p256 else {
                return Scaled(matrix: product, exponent: exponent + other.exponent)
            }
            return Scaled(
                matrix: product.map { $0 * 0x1p-256 }, exponent: exponent + other.exponent + 256)
        }
    }

    /// `1 / (i - j + 1)!` on and below the first superdiagonal, with the corrections by `h` in the first column and the
    /// last row.
    private static func start(size: Int, h: Double) -> [Double] {
        var matrix = [Double](repeating: 0, count: size * size)
        var factorials = [1.0]
        for i in 1...size { factorials.append(factorials[i - 1] / Double(i)) }
        for i in 0..<size {
            for j in 0...min(i + 1, size - 1) { matrix[i * size + j] = factorials[i - j + 1] }
        }
        for i in 0..<size {
            let correction = pow(h, Double(i + 1)) * factorials[i + 1]
            matrix[i * size] -= correction
            matrix[(size - 1) * size + size - 1 - i] -= correction
        }
        let corner = pow(max(2 * h - 1, 0), Double(size))
        matrix[(size - 1) * size] += corner * factorials[size]
        return matrix
    }
}
