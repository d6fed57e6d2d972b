// Products of matrices for compiled programs: of any strides, in the vectors of the processor.
#ifndef MCGAN_PRODUCT
#define MCGAN_PRODUCT
#include <ATen/cpu/vec/vec.h>

#include <algorithm>
#include <cstdint>

namespace mcgan {

template <typename T>
using Vector = at::vec::Vectorized<T>;
template <typename T>
constexpr int64_t LANES = Vector<T>::size();
constexpr int WIDE = 2;  // vectors side by side in a block
// A block is so high that its sums stay in registers: there are 32 of 64 bytes, or 16 of 32.
template <typename T>
constexpr int HIGH = sizeof(Vector<T>) == 64 ? 8 : 4;
constexpr int64_t FEW = 4;          // columns that would leave most of a vector empty
constexpr int64_t DEEP = 256;       // products that are summed before they join the others
constexpr int64_t FAR = 512;        // rows further apart than this share places in the cache
constexpr int64_t MANY = 1 << 19;   // multiplications that are worth another thread

// The numbers at first[row * down + column * right].
template <typename T>
struct Matrix {
  T* first;
  int64_t down, right;
  T* at(int64_t row, int64_t column) const { return first + row * down + column * right; }
  Matrix from(int64_t row, int64_t column) const { return {at(row, column), down, right}; }
};

// R rows and C vectors of y. Of the last vector some numbers count; y has more to be added to.
template <int R, int C, typename T>
inline void block(Matrix<const T> x, Matrix<const T> b, Matrix<T> y, int64_t depth, int64_t last,
                  bool more) {
  Vector<T> sums[R][C];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int c = 0; c < C; c++) sums[r][c] = Vector<T>(T(0));
  for (int64_t k = 0; k < depth; k++) {
    Vector<T> right[C];
#pragma GCC unroll 2
    for (int c = 0; c < C; c++) right[c] = Vector<T>::loadu(b.at(k, c * LANES<T>));
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      const Vector<T> left(*x.at(r, k));
#pragma GCC unroll 2
      for (int c = 0; c < C; c++) sums[r][c] = at::vec::fmadd(left, right[c], sums[r][c]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int c = 0; c < C; c++) {
      T* to = y.at(r, c * LANES<T>);
      const int64_t count = c + 1 < C ? LANES<T> : last;
      (more ? sums[r][c] + Vector<T>::loadu(to, count) : sums[r][c]).store(to, count);
    }
}

// All rows of C vectors, in blocks of R rows and then of fewer.
template <int R, int C, typename T>
inline void strip(Matrix<const T> x, Matrix<const T> b, Matrix<T> y, int64_t rows, int64_t depth,
                  int64_t last, bool more) {
  int64_t row = 0;
  for (; row + R <= rows; row += R)
    block<R, C, T>(x.from(row, 0), b, y.from(row, 0), depth, last, more);
  if constexpr (R > 1)
    if (row < rows)
      strip<R / 2, C, T>(x.from(row, 0), b, y.from(row, 0), rows - row, depth, last, more);
}

// A copy of some columns, each row in whole vectors that lie one after the other.
template <typename T>
inline Matrix<const T> gather(Matrix<const T> b, int64_t depth, int64_t columns, T* room) {
  const int64_t step = (columns + LANES<T> - 1) / LANES<T> * LANES<T>;
  if (columns < step) std::fill(room, room + depth * step, T(0));
  if (b.down == 1)
    at::vec::transpose_mxn<T>(b.first, b.right, room, step, int(columns), int(depth));
  else
    for (int64_t k = 0; k < depth; k++)
      for (int64_t c = 0; c < columns; c++) room[k * step + c] = *b.at(k, c);
  return {room, step, 1};
}

// y of the dot products of rows with columns, each of them in vectors, as many rows as lanes.
template <typename T>
inline void dots(Matrix<const T> x, const T* columns_of_b, Matrix<T> y, int64_t columns,
                 int64_t depth, bool more) {
  constexpr int L = LANES<T>;
  alignas(64) T sums[L * L], turned[L * L];
  for (int64_t c = 0; c < columns; c++) {
    Vector<T> sum[L];
#pragma GCC unroll 16
    for (int r = 0; r < L; r++) sum[r] = Vector<T>(T(0));
    for (int64_t k = 0; k < depth; k += L) {
      const int64_t count = std::min<int64_t>(L, depth - k);
      const Vector<T> right = Vector<T>::loadu(columns_of_b + c * DEEP + k, count);
#pragma GCC unroll 16
      for (int r = 0; r < L; r++)
        sum[r] = at::vec::fmadd(Vector<T>::loadu(x.at(r, k), count), right, sum[r]);
    }
#pragma GCC unroll 16
    for (int r = 0; r < L; r++) sum[r].store(sums + r * L);
    at::vec::transpose_mxn<T>(sums, L, turned, L, L, L);
    for (int r = 1; r < L; r++)
      (Vector<T>::loadu(turned) + Vector<T>::loadu(turned + r * L)).store(turned);
    for (int r = 0; r < L; r++) *y.at(r, c) = more ? *y.at(r, c) + turned[r] : turned[r];
  }
}

// As many rows as C vectors have lanes, where numbers of a column of x lie side by side.
template <int C, typename T>
inline void turned(Matrix<const T> x, Matrix<const T> b, Matrix<T> y, int64_t columns,
                   int64_t depth, bool more) {
  constexpr int64_t L = C * LANES<T>;
  alignas(64) T sums[FEW * L];
  strip<FEW, C, T>({b.first, b.right, b.down}, {x.first, x.right, x.down}, {sums, L, 1}, columns,
                   depth, LANES<T>, false);
  for (int64_t r = 0; r < L; r++)
    for (int64_t c = 0; c < columns; c++)
      *y.at(r, c) = more ? *y.at(r, c) + sums[c * L + r] : sums[c * L + r];
}

// y = x b of few columns and of rows by whole vectors. Numbers of a row of x lie side by side.
template <typename T>
inline void narrow_by_rows(Matrix<const T> x, Matrix<const T> b, Matrix<T> y, int64_t rows,
                           int64_t columns, int64_t depth, bool more, T* room) {
  for (int64_t c = 0; c < columns; c++)
    for (int64_t k = 0; k < depth; k++) room[c * DEEP + k] = *b.at(k, c);
  for (int64_t row = 0; row < rows; row += LANES<T>)
    dots<T>(x.from(row, 0), room, y.from(row, 0), columns, depth, more);
}

// The same, where numbers of a column of x do.
template <typename T>
inline void narrow_by_columns(Matrix<const T> x, Matrix<const T> b, Matrix<T> y, int64_t rows,
                              int64_t columns, int64_t depth, bool more, T*) {
  int64_t row = 0;
  for (; row + WIDE * LANES<T> <= rows; row += WIDE * LANES<T>)
    turned<WIDE, T>(x.from(row, 0), b, y.from(row, 0), columns, depth, more);
  for (; row < rows; row += LANES<T>)
    turned<1, T>(x.from(row, 0), b, y.from(row, 0), columns, depth, more);
}

// y = x b; the rows of y are whole.
template <typename T>
__attribute__((noinline)) void product(Matrix<const T> x, Matrix<const T> b, Matrix<T> y,
                                       int64_t rows, int64_t columns, int64_t depth) {
  alignas(64) T room[DEEP * WIDE * LANES<T>];
  const bool few = columns <= FEW && (x.right == 1 || x.down == 1);
  const int64_t done = few ? rows / LANES<T> * LANES<T> : 0;
  auto narrow = x.right == 1 ? narrow_by_rows<T> : narrow_by_columns<T>;
  for (int64_t k = 0; k < depth; k += DEEP) {
    const int64_t deep = std::min(DEEP, depth - k);
    if (done > 0) narrow(x.from(0, k), b.from(k, 0), y, done, columns, deep, k > 0, room);
    for (int64_t c = 0; c < columns && done < rows; c += WIDE * LANES<T>) {
      const int64_t wide = std::min(WIDE * LANES<T>, columns - c);
      const int64_t last = (wide - 1) % LANES<T> + 1;
      Matrix<const T> part = b.from(k, c);
      if (b.right != 1 || last < LANES<T> || b.down > FAR) part = gather(part, deep, wide, room);
      auto run = wide > LANES<T> ? strip<HIGH<T>, 2, T> : strip<HIGH<T>, 1, T>;
      run(x.from(done, k), part, y.from(done, c), rows - done, deep, last, k > 0);
    }
  }
}

// The products of pairs of matrices, of which the next ones begin so many numbers further on.
template <typename T>
void products(Matrix<const T> x, int64_t next_x, Matrix<const T> b, int64_t next_b, T* y,
              int64_t pairs, int64_t rows, int64_t columns, int64_t depth, int threads) {
  const bool shared = threads > 1 && pairs * rows * columns * depth > MANY;
  const int64_t parts = shared && pairs < threads ? threads : 1;
  const int64_t most = (rows + parts - 1) / parts;
  auto run = [=](int64_t task) {
    const int64_t pair = task / parts, row = std::min(task % parts * most, rows);
    product<T>({x.at(row, 0) + pair * next_x, x.down, x.right},
               {b.first + pair * next_b, b.down, b.right},
               {y + (pair * rows + row) * columns, columns, 1}, std::min(most, rows - row), columns,
               depth);
  };
  if (shared) {
#pragma omp parallel for num_threads(threads)
    for (int64_t task = 0; task < pairs * parts; task++) run(task);
  } else {
    for (int64_t task = 0; task < pairs; task++) run(task);
  }
}

}  // namespace mcgan
#endif
