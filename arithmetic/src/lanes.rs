//! Arithmetic on eight numbers at a time.
//!
//! Callers in the core module are compiled for size, and so is what is inlined into them: the
//! compiler turns no loop into vector instructions by itself, and unrolls none. These few
//! functions need neither, on every target alike. Nor does it lift what does not change out of
//! a closure: callers make their constants [`Lanes`] beforehand.

pub use wide::f32x8 as Lanes;

/// Numbers in a [`Lanes`].
pub const LANES: usize = 8;

/// Bytes as numbers, each times `factor`.
///
/// # Panics
/// When the two differ in length.
pub fn scale_bytes(bytes: &[u8], factor: f32, target: &mut [f32]) {
    assert_eq!(bytes.len(), target.len(), "equal lengths");
    for (target, &byte) in target.iter_mut().zip(bytes) {
        *target = f32::from(byte) * factor;
    }
}

/// e to each of eight numbers.
#[inline(never)]
pub fn exp(values: Lanes) -> Lanes {
    values.exp()
}

/// The natural logarithm of each of eight numbers.
#[inline(never)]
pub fn ln(values: Lanes) -> Lanes {
    values.ln()
}

/// Replaces the values of `targets` by what `work` makes of them and of those of `sources`,
/// place by place. What is left over after the last whole eight is padded with zeros.
///
/// # Panics
/// When the slices differ in length.
#[inline(always)]
pub fn transform<'a, const T: usize, const S: usize>(
    mut targets: [&'a mut [f32]; T],
    sources: [&'a [f32]; S],
    work: impl Fn([Lanes; T], [Lanes; S]) -> [Lanes; T],
) where
    [&'a mut [f32]; T]: WriteEach<T>,
    [&'a [f32]; S]: ReadEach<S>,
{
    let length = targets[0].len();
    assert!(targets.all(|target| target.len() == length), "equal lengths");
    assert!(sources.all(|source| source.len() == length), "equal lengths");
    for index in 0..length / LANES {
        let eight = |slice: &[f32]| Lanes::from(slice.as_chunks::<LANES>().0[index]);
        let new = work(targets.read(eight), sources.read(eight));
        targets.write(new, |target, new| target.as_chunks_mut().0[index] = new.to_array());
    }
    let rest = length % LANES;
    if rest > 0 {
        let padded_rest = |slice: &[f32]| padded(&slice[length - rest..]);
        let new = work(targets.read(padded_rest), sources.read(padded_rest));
        targets.write(new, |target, new| {
            target[length - rest..].copy_from_slice(&new.to_array()[..rest]);
        });
    }
}

/// Some slices, each read in the same way.
pub trait ReadEach<const N: usize> {
    /// Whether each passes.
    fn all(&self, passes: impl Fn(&[f32]) -> bool) -> bool;
    /// What `read` makes of each.
    fn read(&self, read: impl Fn(&[f32]) -> Lanes) -> [Lanes; N];
}

/// Some slices, each written in the same way.
pub trait WriteEach<const N: usize>: ReadEach<N> {
    /// Gives `write` each of them, and the value that is for it.
    fn write(&mut self, values: [Lanes; N], write: impl Fn(&mut [f32], Lanes));
}

/// Writes the traits out for a number of slices. `map` would do, but at `opt-level = "s"` no
/// loop is unrolled, and what is looped over goes through memory.
macro_rules! each {
    ($slice:ty; $count:literal: $($name:ident $value:ident),*) => {
        #[allow(unused_variables, reason = "of no slices none is read")]
        impl ReadEach<$count> for [$slice; $count] {
            #[inline(always)]
            fn all(&self, passes: impl Fn(&[f32]) -> bool) -> bool {
                let [$($name),*] = self;
                true $(&& passes($name))*
            }

            #[inline(always)]
            fn read(&self, read: impl Fn(&[f32]) -> Lanes) -> [Lanes; $count] {
                let [$($name),*] = self;
                [$(read($name)),*]
            }
        }
    };
    (mut $count:literal: $($name:ident $value:ident),*) => {
        each!(&mut [f32]; $count: $($name $value),*);
        impl WriteEach<$count> for [&mut [f32]; $count] {
            #[inline(always)]
            fn write(&mut self, values: [Lanes; $count], write: impl Fn(&mut [f32], Lanes)) {
                let ([$($name),*], [$($value),*]) = (self, values);
                $(write($name, $value);)*
            }
        }
    };
}
each!(&[f32]; 0:);
each!(&[f32]; 1: a x);
each!(&[f32]; 2: a x, b y);
each!(&[f32]; 3: a x, b y, c z);
each!(&[f32]; 5: a x, b y, c z, d u, e v);
each!(mut 1: a x);
each!(mut 3: a x, b y, c z);

/// The sum of what `work` makes of two slices, place by place; zeros must make zero, since the
/// rest after the last whole eight is padded with them, or be taken off by the caller.
///
/// # Panics
/// When the slices differ in length.
#[inline(always)]
pub fn sum(left: &[f32], right: &[f32], work: impl Fn(Lanes, Lanes) -> Lanes) -> f32 {
    assert_eq!(left.len(), right.len(), "equal lengths");
    let (lefts, left_rest) = left.as_chunks::<LANES>();
    let (rights, right_rest) = right.as_chunks::<LANES>();
    let mut sum = Lanes::ZERO;
    for (&left, &right) in lefts.iter().zip(rights) {
        sum += work(Lanes::from(left), Lanes::from(right));
    }
    if !left_rest.is_empty() {
        sum += work(padded(left_rest), padded(right_rest));
    }
    sum.reduce_add()
}

fn padded(values: &[f32]) -> Lanes {
    let mut lanes = [0.0; LANES];
    lanes[..values.len()].copy_from_slice(values);
    Lanes::from(lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_worked_on_once_whatever_the_length() {
        for length in [1, 7, 8, 9, 16, 37] {
            let source: Vec<f32> = (0..length).map(|i| i as f32).collect();
            let mut target = vec![1.0; length as usize];
            transform([&mut target], [&source], |[t], [s]| [t + s * s]);
            let expected: Vec<f32> = (0..length).map(|i| (1 + i * i) as f32).collect();
            assert_eq!(target, expected, "{length}");
            let total = sum(&source, &source, |l, r| l * r);
            let expected: f32 = (0..length).map(|i| (i * i) as f32).sum();
            assert_eq!(total, expected, "{length}");
        }
    }

    #[test]
    #[should_panic(expected = "equal lengths")]
    fn slices_of_different_lengths_are_refused() {
        transform([&mut [0.0; 9]], [&[0.0; 8]], |[t], [s]| [t + s]);
    }
}
